/** Finds out about the machine and the runtime of this process, and tries what the runtime can do. An unknown fact is null, never a guess. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { attempt } from '../contract/attempt.ts';
import { manifest } from '../files/places.ts';
import { machineClass, processorOf } from './class.ts';
import { usableCores } from './cpus.ts';
import type { Machine, Runtime } from './describe.ts';

export function machine(): Machine {
  const processor = processorOf(attempt(() => readFileSync('/proc/cpuinfo', 'utf8'), ''));
  const facts = {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: usableCores(),
    memoryBytes: totalmem(),
    // The builder's suffix is cut off: it does not affect speed.
    os: `${platform()} ${release().split('-')[0]}`,
    arch: arch(),
    // Linux on x86 shows it by a CPU flag; elsewhere it is unknown.
    virtual: processor?.flags.includes('hypervisor') ?? null,
    load: platform() === 'win32' ? null : loadavg()[0],
  };
  return { ...facts, class: machineClass(facts, processor) };
}

export function runtime(): Runtime {
  return { nfold: manifest().version, node: process.versions.node, v8: process.versions.v8 };
}

/** (module (func (result v128) v128.const, v128.const, v128.const, f32x4.relaxed_madd)) */
const relaxedMadd = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 61, 1, 59, 0],
  ...[0, 1, 2].flatMap(() => [0xfd, 12, ...new Array<number>(16).fill(0)]),
  ...[0xfd, 0x85, 0x02, 11],
);

export const hasRelaxedSimd = () => WebAssembly.validate(relaxedMadd);

const known = new Map<string, boolean>();

/** Whether V8 accepts the flag, which may still have no effect. */
export function acceptsFlag(flag: string): boolean {
  const accepted =
    known.get(flag) ?? spawnSync(process.execPath, [flag, '--eval', ''], { stdio: 'ignore' }).status === 0;
  known.set(flag, accepted);
  return accepted;
}

export function hasSharedMemory(): boolean {
  const memory = attempt(() => new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true }), null);
  return memory?.buffer instanceof SharedArrayBuffer;
}
