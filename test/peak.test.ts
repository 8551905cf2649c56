/** Ceilings: caches found, rates measured, and the roofline drawn from them. No rate is held against a number. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stopCompiler } from '../src/compiler/compile.ts';
import { caches, cachesFromSweep } from '../src/machine/caches.ts';
import { Ceilings, consistent, loadCeilings, saveCeilings } from '../src/machine/ceilings.ts';
import { measureCeilings } from '../src/machine/peak.ts';
import { floorNs, levelOf, roof } from '../src/machine/roofline.ts';
import { reportCeilings, revectorizerLine, tooFast } from '../src/report/peak.ts';
import { example } from './support/ceilings.ts';
import { draft } from './support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-peak-'));
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

describe('caches', () => {
  test('are read from where the system tells', () => {
    const entries = [
      ['index0', 'Data', '1', '32K', '0'],
      ['index1', 'Instruction', '1', '32K', '0'],
      ['index2', 'Unified', '2', '1024K', '0'],
      ['index3', 'Unified', '3', '32M', '0-7'],
    ];
    for (const [index, type, level, size, shared] of entries) {
      mkdirSync(join(folder, 'sys', index), { recursive: true });
      for (const [name, text] of Object.entries({ type, level, size, shared_cpu_list: shared }))
        writeFileSync(join(folder, 'sys', index, name), `${text}\n`);
    }
    expect(caches(join(folder, 'sys'))).toEqual([
      { level: 'L1', bytes: 32768, private: true },
      { level: 'L2', bytes: 1048576, private: true },
      { level: 'L3', bytes: 33554432, private: false },
    ]);
    expect(caches(join(folder, 'nowhere'))).toEqual([]);
  });

  test('are found where the bandwidth falls, and one disturbed point is none', () => {
    const rates = [100, 102, 99, 60, 61, 30, 60, 59, 20, 19];
    const points = rates.map((gbPerSecond, i) => ({ bytes: 8192 << i, gbPerSecond }));
    expect(cachesFromSweep(points)).toEqual([
      { level: 'L1', bytes: 8192 << 2, private: true },
      { level: 'L2', bytes: 8192 << 7, private: true },
    ]);
  });
});

describe('measured', async () => {
  const measured = await measureCeilings({ sweeps: 1 });

  test('every width, thread count and level has positive rates', () => {
    expect(Ceilings.parse(measured)).toEqual(measured);
    const threads = measured.cores > 1 ? [1, measured.cores] : [1];
    const widths = measured.revectorized === null ? [128] : [128, 256];
    const wanted = widths.flatMap((bits) => threads.map((n) => `${bits} ${n}`));
    expect(measured.fma.map((f) => `${f.bits} ${f.threads}`)).toEqual(wanted);
    const levels = [...measured.caches.map(({ level }) => level), 'memory'];
    expect(measured.bandwidth.length).toBe(wanted.length * levels.length);
    for (const { gflops } of measured.fma) expect(gflops).toBeGreaterThan(0);
    for (const { read, write, copy } of measured.bandwidth) {
      for (const rate of [read, write, copy]) expect(rate).toBeGreaterThan(0);
    }
  });

  test('are kept, and a damaged file counts as none', () => {
    const file = join(folder, 'peaks/here.json');
    expect(saveCeilings(measured, file)).toBeNull();
    expect(saveCeilings(measured, join(file, 'below-a-file.json'))?.message).toMatch(
      /could not be written: a file is in the way of the folder/,
    );
    expect(loadCeilings(file)).toEqual(measured);
    writeFileSync(file, '{"schema":');
    expect(loadCeilings(file)).toBeNull();
    expect(loadCeilings(join(folder, 'peaks/none.json'))).toBeNull();
  });

  test('are not believed where they disagree', () => {
    expect(consistent(example)).toBe(true);
    const at = (bits: number, threads: number, gflops: number) => ({
      fma: example.fma.map((f) => (f.bits === bits && f.threads === threads ? { ...f, gflops } : f)),
    });
    expect(consistent(at(128, 2, 20))).toBe(false);
    expect(consistent(at(256, 2, 90))).toBe(false);
  });

  test('are shown with their units', () => {
    const text = reportCeilings(measured);
    for (const word of ['128-bit', 'Gflop/s', 'GB/s', 'memory', 'revectorizer']) expect(text).toContain(word);
  });
});

describe('roofline', () => {
  const wide = { threads: 2, flags: ['--experimental-wasm-revectorize'] };
  const stock = { threads: 1, flags: [] };

  test('the bound is arithmetic where there is much of it, at the width of the flags', () => {
    const work = { flop: 2e9, bytes: 1e6, workingSet: 1e6 };
    expect(roof(example, work, stock)).toMatchObject({
      bound: 'compute',
      name: '128-bit FMA, 1 thread',
      value: 50,
      timeNs: 4e7,
    });
    expect(roof(example, work, wide)).toMatchObject({ name: '256-bit FMA, 2 threads', value: 200, timeNs: 1e7 });
    for (const revectorized of [null, 0.8]) {
      expect(roof({ ...example, revectorized }, work, wide).name).toBe('128-bit FMA, 2 threads');
    }
    expect(roof(example, work, { threads: 2, flags: [], native: true }).value).toBe(200);
  });

  test('and otherwise memory, at the level that the working set fits', () => {
    const work = { flop: 1e6, bytes: 1e8, workingSet: 1e8 };
    expect(roof(example, work, stock)).toMatchObject({
      bound: 'memory',
      name: '128-bit memory bandwidth, 1 thread',
      value: 10,
      timeNs: 1e7,
    });
  });

  test('private caches add up over threads, shared ones do not', () => {
    expect(levelOf(example, 50_000, 1)).toBe('L2');
    expect(levelOf(example, 50_000, 2)).toBe('L1');
    expect(levelOf(example, 5e7, 2)).toBe('memory');
  });

  test('between one thread and all of them, one thread is scaled', () => {
    const four = { ...example, cores: 4, fma: example.fma.map((f) => (f.threads === 2 ? { ...f, threads: 4 } : f)) };
    expect(roof(four, { flop: 2e9, bytes: 1, workingSet: 1 }, { threads: 3, flags: [] }).value).toBe(150);
  });

  test('the floor is the widest peak, whatever the flags', () => {
    expect(floorNs(example, { flop: 2e9, written: 0 }, 2)).toBe(1e7);
    // Writing at the best rate, that of L1 on two threads: 80 GB/s.
    expect(floorNs(example, { flop: 0, written: 8e9 }, 2)).toBe(1e8);
  });
});

test('a result above its peak is suspicious in words, and a peer is not', () => {
  const { results } = draft();
  const peak = { bound: 'compute' as const, name: '128-bit FMA, 1 thread', value: 50, unit: 'Gflop/s' };
  const [first] = results.map((result) => ({ ...result, peak, percentOfPeak: 100.2 }));
  expect(tooFast({ results: [first] })).toEqual([]);
  const over = { ...first, percentOfPeak: 112 };
  expect(tooFast({ results: [over, { ...over, peer: true }] })).toEqual([
    expect.stringMatching(
      /^suspicious: sgemm\/mine-ts at M64N64K64 is at 112 % of .* 50\.0 Gflop\/s \(128-bit FMA, 1 thread\)/,
    ),
  ]);
});

test('the revectorizer is judged by its ratio', () => {
  expect(revectorizerLine(2)).toContain('took effect');
  expect(revectorizerLine(0.8)).toContain('had no effect');
  expect(revectorizerLine(null)).toContain('has none');
});
