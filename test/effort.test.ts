/** The rules of the stopwatch on made-up times: when to stop, how many calls, which order, when it is warm, what it warns of. */
import { describe, expect, test } from 'vitest';
import { type Observed, warningsOf } from '../src/analysis/warnings.ts';
import type { CellArena } from '../src/cell/arena.ts';
import type { Kernel } from '../src/cell/kernel.ts';
import { isSteady, sample } from '../src/cell/sampler.ts';
import { makeRng } from '../src/contract/rng.ts';
import { warningText } from '../src/report/warnings.ts';

import { estimateOf, halfWidth, intervalOf } from '../src/stats/interval.ts';
import { inOrder } from '../src/stopwatch/case.ts';
import { callPlan, efforts, enough, warmAgain, warmupCalls } from '../src/stopwatch/effort.ts';
import { twinOf } from '../src/stopwatch/measure.ts';

const logInterval = (values: readonly number[]) => intervalOf(estimateOf(values));

describe('stopping', () => {
  const effort = { ...efforts.default, rounds: [5, 10] as const, halfWidth: 0.03, budgetS: 100 };

  test.each([
    ['one round says nothing of the spread', 1, 1000, 0, false],
    ['precise enough', 5, 10, 0.029, true],
    ['too wide', 5, 10, 0.031, false],
    ['precise, but fewer rounds than are wanted', 4, 10, 0, false],
    ['the next round would end behind the budget', 4, 81, 1, true],
    ['the next round just fits', 4, 79, 1, false],
    ['the most rounds', 10, 10, 1, true],
    ['the most rounds, but a case lacks calm ones', 10, 10, Number.POSITIVE_INFINITY, false],
    ['two more rounds for calm ones', 12, 10, Number.POSITIVE_INFINITY, true],
  ])('%s', (_, rounds, elapsedS, widest, stop) => {
    expect(enough(effort, rounds, elapsedS, widest)).toBe(stop);
  });

  test('by precision, the interval still covers the truth; by significance, it would not', () => {
    const rng = makeRng(20261125);
    const runs = 3000;
    let covered = 0;
    let claimed = 0;
    for (let run = 0; run < runs; run++) {
      const values: number[] = [];
      const draw = () => values.push(Math.exp(0.03 * rng.normal()));
      while (!enough(effort, values.length, 0, values.length < 2 ? 1 : halfWidth(logInterval(values)))) draw();
      const { low, high } = logInterval(values);
      if ((low as number) <= 1 && 1 <= (high as number)) covered++;
      // What stopping at the first sight of a difference does to the same data.
      const peeking = Array.from({ length: values.length - 1 }, (_, i) => logInterval(values.slice(0, i + 2)));
      if (peeking.some(({ low, high }) => (low as number) > 1 || (high as number) < 1)) claimed++;
    }
    expect(covered / runs).toBeGreaterThan(0.93);
    expect(covered / runs).toBeLessThan(0.97);
    expect(claimed / runs).toBeGreaterThan(0.1);
  });
});

describe('calls', () => {
  test('are set by the baseline alone, and every input is used once', () => {
    for (const effort of Object.values(efforts)) {
      for (const baselineNs of [100, 1e4, 1e6, 1e7, 1e8, 5e9]) {
        const { turns, baseline, others } = callPlan(baselineNs, effort);
        for (const count of [turns, baseline, others]) expect(Number.isInteger(count) && count >= 1).toBe(true);
        expect(turns * others).toBeLessThanOrEqual(24);
        expect(turns * others).toBeGreaterThanOrEqual(turns === 1 ? 3 : 6);
        expect(others).toBeGreaterThanOrEqual(baseline);
      }
    }
  });

  test('a dear baseline has one call in one turn', () => {
    expect(callPlan(1e9, efforts.quick)).toEqual({ turns: 1, baseline: 1, others: 3 });
    expect(callPlan(1e9, efforts.thorough)).toMatchObject({ turns: 1, baseline: 1 });
    expect(callPlan(1e5, efforts.thorough)).toEqual({ turns: 8, baseline: 3, others: 3 });
  });

  test('turns are as many as calls of the baseline fit, down to four', () => {
    const turns = (baselineMs: number) => callPlan(baselineMs * 1e6, efforts.quick).turns;
    expect([1, 5, 6, 9, 10, 39, 41].map(turns)).toEqual([8, 8, 6, 4, 4, 4, 1]);
  });

  test('turns are even where they meet within a round', () => {
    for (const { turns } of Object.values(efforts)) expect(turns % 2).toBe(0);
  });
});

describe('order', () => {
  const arms = ['baseline', 'a', 'b', 'c'];
  const places = (turn: number, seed: number) => inOrder(arms, turn, seed);

  test('of each two turns in succession the second is the reverse of the first', () => {
    for (let seed = 0; seed < 50; seed++) {
      for (const turn of [0, 2, 8]) expect(places(turn + 1, seed)).toEqual(places(turn, seed).toReversed());
      expect(places(0, seed).toSorted()).toEqual(arms.toSorted());
    }
  });

  test('over an even number of turns every arm has the same mean place', () => {
    const mean = (arm: string) => [0, 1, 2, 3].reduce((sum, turn) => sum + places(turn, 7).indexOf(arm), 0) / 4;
    for (const arm of arms) expect(mean(arm)).toBe(1.5);
  });

  test('is ABBA as often as BAAB', () => {
    const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
    const first = seeds.filter((seed) => places(0, seed).indexOf('a') < places(0, seed).indexOf('b')).length;
    expect(Math.abs(first - 1000)).toBeLessThan(4 * Math.sqrt(500));
  });
});

describe('warm-up', () => {
  test('ends when the last ten calls agree within 2 %', () => {
    const falling = Array.from({ length: 30 }, (_, i) => 1000 + 4000 / (i + 1) ** 2);
    const at = (from: number, times: number[]) => isSteady(times.slice(0, from));
    expect(at(9, Array(9).fill(1000))).toBe(false);
    expect(at(10, Array(10).fill(1000))).toBe(true);
    expect(at(10, falling)).toBe(false);
    expect(at(30, falling)).toBe(true);
    expect(isSteady([...Array(9).fill(1000), 1100])).toBe(false);
    expect(isSteady([...Array(9).fill(1000), 1050])).toBe(true);
  });

  test('JavaScript has 20 calls or as many as fit; no limit is below what is wanted', () => {
    expect(warmupCalls('js', 1e6, efforts.quick).calls).toBe(20);
    expect(warmupCalls('js', 1e8, efforts.quick).calls).toBe(4);
    expect(warmupCalls('js', 5e9, efforts.quick).calls).toBe(1);
    for (const effort of Object.values(efforts)) {
      for (const kind of ['js', 'wasm', 'peer'] as const) {
        const { ms, maxMs } = warmupCalls(kind, 1e6, effort);
        expect(maxMs).toBeGreaterThan(ms);
      }
    }
  });

  test('makes its minimum of calls on a machine on which none fits', async () => {
    const effort = { ...efforts.quick, minWarmCalls: 7, warmMs: 0, sampleMs: 0 };
    const { calls, minCalls, callsMs } = warmupCalls('js', 5e9, effort);
    expect(warmupCalls('wasm', 5e9, effort).calls).toBe(7);
    let made = 0;
    const kernel = { before() {}, call: () => made++, after() {} } as unknown as Kernel;
    const arena = { write() {} } as unknown as CellArena;
    await sample(kernel, arena, { calls: [], warmup: { writes: [], calls, minCalls, callsMs, ms: 0 } });
    expect(made).toBe(7);
  });

  test('a later turn warms caches for at most 5 ms of the baseline, and dear calls not at all', () => {
    expect(warmAgain(1e5)?.calls).toBe(2);
    expect(warmAgain(4e6)?.calls).toBe(1);
    expect(warmAgain(6e6)).toBeNull();
  });
});

test('the twin is of a candidate that uses threads, or else of the first; never of a peer', () => {
  const variant = (id: string, threads: 'one' | 'any', trusted = false) => ({
    id,
    threads,
    trusted,
    flags: [],
    artifact: async () => ({ kind: 'js' as const, code: '' }),
  });
  expect(twinOf([variant('peer', 'any', true), variant('a', 'one'), variant('b', 'any')])?.id).toBe('b');
  expect(twinOf([variant('a', 'one'), variant('c', 'one')])?.id).toBe('a');
  expect(twinOf([variant('peer', 'one', true)])).toBeUndefined();
});

describe('warnings', () => {
  const calm: Observed = {
    machine: { cpu: 'A', cores: 4, memoryBytes: 1, os: 'linux', arch: 'x64', virtual: false, load: 0.5, class: null },
    threads: 4,
    calls: { leftOut: 2, calls: 100, disturbed: 0, rounds: 30 },
    warmups: { unsteady: 1, of: 100 },
    loopsNs: [1000, 1020, 1010],
    stolen: 0.001,
    untimed: [],
    foreseen: [],
    shortest: { variant: 'op/x', case: 'N1', timeNs: 5000, clockNs: 20 },
  };

  test('a calm machine has none, and one that keeps no accounts neither', () => {
    expect(warningsOf(calm)).toEqual([]);
    const machine = { ...calm.machine, load: null, virtual: null };
    const calls = { leftOut: 0, calls: 0, disturbed: 0, rounds: 0 };
    const nothing = { calls, warmups: { unsteady: 0, of: 0 } };
    expect(warningsOf({ ...calm, ...nothing, machine, loopsNs: [], stolen: null, shortest: null })).toEqual([]);
  });

  test.each<[string, Partial<Observed>, RegExp]>([
    ['load', { machine: { ...calm.machine, load: 4.5 } }, /busy at the start: a load of 4.5 on 4 cores/],
    [
      'calls left out',
      { calls: { ...calm.calls, leftOut: 12 } },
      /used the CPU: 12 of 100 calls \(12 %\) were left out\. Close them/,
    ],
    [
      'rounds without a calm turn',
      { calls: { ...calm.calls, disturbed: 3 } },
      /3 of 30 rounds \(counted per case\) had no calm turn and count for nothing\./,
    ],
    [
      'a share that rounds up to ten',
      { calls: { ...calm.calls, leftOut: 97, calls: 1000 } },
      /97 of 1000 calls \(10 %\) were/,
    ],
    ['pace', { loopsNs: [1000, 1080] }, /changed its speed by 8 % between rounds/],
    ['stolen time', { stolen: 0.03 }, /hypervisor gave 3 % of the CPU time to other machines; .* Run again when/],
    ['virtual machine', { machine: { ...calm.machine, virtual: true } }, /virtual machine/],
    ['threads', { threads: 8 }, /8 threads share 4 cores, so .* Use --threads 4\./],
    [
      'clock',
      { shortest: { variant: 'op/x', case: 'N1', timeNs: 1000, clockNs: 20 } },
      /coarse for op\/x at N1: a call takes 1000 ns and the clock steps by 20 ns, 2 % of it/,
    ],
    [
      'work beside the calls',
      { untimed: [{ variant: 'op/x', case: 'N1', calledNs: 2e6, untimedNs: 5e7, baselineUntimedNs: 3e6 }] },
      /op\/x at N1 uses 50 ms of CPU time outside each call of 2\.0 ms, the baseline 3\.0 ms/,
    ],
    [
      'calls that take longer if they are looked at',
      { foreseen: [{ variant: 'op/x', op: 'op', ratio: 1.5, chance: 2e-9 }] },
      /op\/x takes 1\.5 times as long in the calls that were compared in full, .* once in 5e\+8 runs/,
    ],
    ['warm-up', { warmups: { unsteady: 20, of: 100 } }, /20 of 100 warm-ups ran out of time/],
  ])('%s', (_, seen, sentence) => {
    const found = warningsOf({ ...calm, ...seen });
    expect(found).toHaveLength(1);
    expect(warningText(found[0])).toMatch(sentence);
  });
});
