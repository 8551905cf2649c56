/** The class of a machine: named by what its system tells, the same in every session, null rather than a guess. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { machineClass, type Processor, processorOf } from '../src/machine/class.ts';
import { machine } from '../src/machine/fingerprint.ts';
import { loadRecord } from '../src/records/store.ts';
import { upgrade } from '../src/records/upgrade.ts';
import { draft } from './support/draft.ts';

const linux = { cpu: 'some model', cores: 2, os: 'linux 6.1.0', arch: 'x64', virtual: false };
const x86 = (vendor: string, family: number, model: number, flags: string): Processor => {
  return { vendor, family, model, flags: flags.split(' ') };
};
const [amd, intel] = ['AuthenticAMD', 'GenuineIntel'];

test.each<[string, Processor, object]>([
  ['amd-zen3-avx2-2c-vm', x86(amd, 0x19, 0x01, 'sse4_2 avx avx2 hypervisor'), { virtual: true }],
  ['amd-zen4-avx512-8c', x86(amd, 0x19, 0x61, 'avx avx2 avx512f'), { cores: 8 }],
  ['amd-zen2-avx2-16c', x86(amd, 0x17, 0x71, 'avx avx2'), { cores: 12 }],
  ['amd-zen5-avx512-32c', x86(amd, 0x1a, 0x44, 'avx avx2 avx512f'), { cores: 17 }],
  ['intel-icelake-avx512-8c', x86(intel, 6, 0x6a, 'avx avx2 avx512f'), { cores: 8 }],
  ['intel-skylake-avx2-8c', x86(intel, 6, 0x9e, 'avx avx2'), { cores: 6 }],
  // A machine that nobody knew: its numbers keep it apart from others.
  ['intel-family6model255-avx2-1c', x86(intel, 6, 0xff, 'avx avx2'), { cores: 1 }],
  ['shanghai-family7model59-avx-4c', x86('  Shanghai  ', 7, 59, 'sse avx'), { cores: 3 }],
  // A hypervisor may hide what the processor has.
  ['amd-zen3-sse-2c-vm', x86(amd, 0x19, 0x01, 'sse4_2 hypervisor'), { virtual: true }],
])('%s', (name, processor, facts) => expect(machineClass({ ...linux, ...facts }, processor)).toBe(name));

test.each<[string | null, object]>([
  ['apple-m2-8c', { cpu: 'Apple M2', os: 'darwin 23.1.0', arch: 'arm64', cores: 8, virtual: null }],
  ['apple-m3-max-16c', { cpu: 'Apple M3 Max', os: 'darwin 24.0.0', arch: 'arm64', cores: 14 }],
  ['neoverse-n1-4c', { cpu: 'Neoverse-N1', arch: 'arm64', cores: 4 }],
  ['intel-core-i7-9750h-x64-8c', { cpu: 'Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz', os: 'darwin 22.6.0', cores: 6 }],
  ['amd-ryzen-9-7950x-16-core-x64-16c', { cpu: 'AMD Ryzen 9 7950X 16-Core Processor ', os: 'win32 10.0', cores: 16 }],
  [null, { cpu: 'unknown', arch: 'arm64' }],
  [null, { cpu: '', os: 'darwin 23.1.0', arch: 'arm64' }],
  [null, { cpu: 'AMD EPYC' }],
])('%s by the name of the model alone', (name, facts) => expect(machineClass({ ...linux, ...facts }, null)).toBe(name));

test('the first processor of /proc/cpuinfo', () => {
  const cpuinfo =
    'processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC\nflags\t\t: fpu avx2\n';
  const found = { vendor: amd, family: 25, model: 1, flags: ['fpu', 'avx2'] };
  expect(processorOf(`${cpuinfo}\n${cpuinfo.replace(': 25', ': 26')}`)).toEqual(found);
  expect(processorOf('processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU part\t: 0xd0c\n')).toBeNull();
  expect(processorOf('')).toBeNull();
});

test('any text gives a short name of plain words, or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(300), (cpu, cores) => {
      for (const arch of ['arm64', 'x64'])
        expect(machineClass({ ...linux, cpu, cores, arch, os: 'darwin 1' }, null) ?? 'none').toMatch(/^[a-z0-9-]+$/);
    }),
  );
});

test('the machine of this test has one class, whatever it does meanwhile', () => {
  expect(machine().class).toBe(machine().class);
});

describe('a record', () => {
  const of = (facts: object) => {
    const { class: _, ...old } = draft().machine;
    const record = upgrade({ ...draft(), id: 'old', machine: { ...old, ...facts } }) as { machine: object };
    return record.machine;
  };

  test('of before has the class that its facts tell, or none', () => {
    expect(of({})).toMatchObject({ class: null });
    expect(of({ cpu: 'Apple M2', os: 'darwin 23.1.0', arch: 'arm64' })).toMatchObject({ class: 'apple-m2-2c' });
    expect(of({ cpu: 7 })).not.toHaveProperty('class');
    expect(loadRecord(join(packageRoot, 'test/fixtures/records/version-1.json')).machine.class).toBeNull();
  });

  test('keeps the class that it has', () => {
    expect(of({ cpu: 'Apple M2', os: 'darwin 23.1.0', arch: 'arm64', class: 'x' })).toMatchObject({ class: 'x' });
  });
});
