/** Calls that are made again: by waiting alone, within an allowance, on inputs of their own, judged like the others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import type { Timed } from '../src/cell/cell.ts';
import type { Layout } from '../src/cell/layout.ts';
import type { Timer } from '../src/cell/timer.ts';
import { makeRng } from '../src/contract/rng.ts';
import type { Variant } from '../src/contract/variant.ts';
import { type Image, tensorsOf } from '../src/judge/image.ts';
import { planCalls, roundInputs } from '../src/judge/inputs.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { calmTimes } from '../src/stats/samples.ts';
import { allowance, type Called, joined, maxAgain, untilCalm } from '../src/stopwatch/again.ts';
import { timeCase } from '../src/stopwatch/case.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { replayTimed } from '../src/stopwatch/replay.ts';
import { startAlone } from './support/here.ts';

/** Calls that took so long, and waited for these shares of it; null where the system keeps no account. */
function called(timeNs: readonly number[], shares?: readonly number[] | null, more: Partial<Called> = {}): Called {
  const queuedNs = shares ? timeNs.map((ns, i) => ns * shares[i]) : null;
  return { planned: [], timeNs, queuedNs, reads: timeNs.map(() => []), untimedNs: 1, ...more };
}

/** A turn of planned calls, after which each call has the next time and the next share. */
function turn(planned: number, times: readonly number[], shares: readonly number[] | null, granted = () => true) {
  let made = planned;
  const next = async () => {
    made++;
    return called(times.slice(made - 1, made), shares?.slice(made - 1, made));
  };
  return untilCalm(called(times.slice(0, planned), shares?.slice(0, planned)), next, granted);
}

const [calm, waited] = [0.01, 0.03];
const millisecond = Array<number>(10).fill(1e6);

describe('a turn is called again', () => {
  test.each<[string, number, number[] | null, number]>([
    ['not if its call was calm', 1, [calm, calm], 1],
    ['not if one of its calls was', 3, [waited, calm, waited, calm], 3],
    ['until one is', 1, [waited, waited, calm, calm], 3],
    ['after all that were planned', 3, [waited, waited, waited, calm, calm], 4],
    ['no more than a few times', 1, Array(10).fill(waited), 1 + maxAgain],
    ['never where nothing is known of the waiting', 1, null, 1],
  ])('%s', async (_, planned, shares, calls) => {
    expect((await turn(planned, millisecond, shares)).timeNs).toHaveLength(calls);
  });

  test('only while that is granted', async () => {
    const grants = [true, false];
    const { timeNs } = await turn(1, millisecond, Array(10).fill(waited), () => grants.shift() as boolean);
    expect(timeNs).toHaveLength(2);
    expect(grants).toEqual([]);
  });

  test('by the shares of its waiting alone, whatever the times are', async () => {
    const times = fc.array(fc.double({ min: 1, max: 1e10, noNaN: true }), { minLength: 10, maxLength: 10 });
    const shares = fc.array(fc.constantFrom(0, calm, waited, 0.9), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(times, shares, fc.integer({ min: 1, max: 3 }), async (some, own, planned) => {
        const [a, b] = await Promise.all([turn(planned, some, own), turn(planned, millisecond, own)]);
        expect(a.timeNs).toEqual(some.slice(0, b.timeNs.length));
      }),
    );
  });

  test('without a bias: calm calls are as long as where no call is made again, even if long calls wait more often; by their times they would not be', async () => {
    const rng = makeRng(20261129);
    const spread = 0.3;
    const [once, again, byTime]: number[][] = [[], [], []];
    const logs = (ns: readonly number[]) => ns.map((one) => Math.log(one / 1e6));
    for (let i = 0; i < 20_000; i++) {
      const times = millisecond.map((ns) => ns * Math.exp(spread * rng.normal()));
      const shares = times.map((ns) => (rng.unit() < 0.5 * (ns / 1e6) ? waited : calm));
      once.push(...logs(calmTimes(called(times.slice(0, 1), shares))));
      again.push(...logs(calmTimes(await turn(1, times, shares))));
      // A rule that must not be: again where it waited or was slow.
      byTime.push(...logs(times.filter((ns, k) => k <= maxAgain && shares[k] === calm && ns <= 1.2e6).slice(0, 1)));
    }
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    const sixDeviations = 6 * spread * Math.hypot(1 / Math.sqrt(once.length), 1 / Math.sqrt(again.length));
    expect(again.length).toBeGreaterThan(1.5 * once.length);
    expect(Math.abs(mean(again) - mean(once))).toBeLessThan(sixDeviations);
    expect(mean(byTime) - mean(once)).toBeLessThan(-sixDeviations);
  });
});

test('all calls of a turn stay, in their order, with the first whose result changed later', () => {
  const all = joined(called([1, 2], [0, 0], { steady: true }), called([3], [1], { changedLater: 0 }));
  expect(all).toMatchObject({ timeNs: [1, 2, 3], queuedNs: [0, 0, 3], changedLater: 2, untimedNs: 2, steady: true });
  expect(joined(called([1], [0], { changedLater: 0 }), all).changedLater).toBe(0);
  expect(joined(called([1], [0]), called([1], null, { untimedNs: null }))).toMatchObject({
    ...{ queuedNs: null, untimedNs: null, changedLater: undefined },
  });
});

describe('an allowance', () => {
  const grants = (baselineNs: number, effort = efforts.quick) => {
    const grant = allowance<string>(effort);
    let count = 0;
    while (count < 1e4 && grant('a', baselineNs)) count++;
    expect(grant('b', baselineNs)).toBe(count > 0);
    return count;
  };

  test.each(Object.values(efforts))('of $name is a quarter of the seconds of a round, for each variant', (effort) => {
    const seconds = effort.budgetS / effort.rounds[1] / 4;
    for (const baselineNs of [2e7, 1e8, 2.5e9])
      expect(grants(baselineNs, effort)).toBe(Math.floor((seconds * 1e9) / baselineNs));
    // The dearest training step once in a round, one of 100 ms as often as a turn may.
    expect(grants(2.5e9, effort)).toBeGreaterThanOrEqual(1);
    expect(grants(1e8, effort)).toBeGreaterThan(maxAgain);
  });

  test('has an end for short calls too', () => {
    expect(grants(100)).toBe(grants(1e6));
    expect(grants(100)).toBeLessThan(1000);
  });
});

const ops = ['sgemm', 'train_gpt2'] as const;

/** An edge, at which a call takes microseconds. */
async function request(name: (typeof ops)[number]) {
  const [op, oracle, baseline] = await Promise.all([loadOp(name), loadOracle(name), buildBaseline(name)]);
  const same: Variant = { ...baseline, id: 'same', selector: 'same' };
  const text = new TextEncoder().encode('To be, or not to be, that is the question: '.repeat(50));
  const conditions = { op, oracle, baseline, seed: 5, threads: 1, text, effort: { ...efforts.quick, warmMs: 20 } };
  const c = op.edges[op.edges.length - 2];
  return { ...conditions, variants: [same], cases: [c], onProgress() {}, c, same };
}

describe.each(ops)('the inputs of %s', (name) => {
  test('calls made again continue the planned ones, on bytes that no other call had', async () => {
    const { c, ...conditions } = await request(name);
    const inputs = roundInputs(conditions, c, { round: 1, calls: 3 });
    const bytes = (calls: ReturnType<typeof planCalls>) => calls.map(({ call }) => call.writes);
    const all = bytes(planCalls(inputs, 3, 'a', 2));
    expect(all.slice(0, 3)).toEqual(bytes(planCalls(inputs, 3, 'a')));
    expect(new Set(all.map((writes) => JSON.stringify(writes))).size).toBe(5);
    expect(bytes(planCalls(inputs, 3, 'b', 2)).slice(3)).toEqual(all.slice(3));
    // A replay knows of one variant alone, such as a peer with one planned call.
    const alone = roundInputs(conditions, c, { round: 1, calls: 1 });
    expect(bytes(planCalls(alone, 1, 'a', 4))).toEqual(bytes(planCalls(inputs, 1, 'a', 4)));
  });
});

/** A case of a round in this process, with dear calls: one of the baseline and three of the candidate. The first calls of each wait. */
async function timed(name: (typeof ops)[number], waits: readonly [number, number], forgedCall = -1) {
  // Without the sketch, only a call that is compared in full shows a wrong result.
  const conditions = { ...(await request(name)), without: ['sketch'] as const };
  const { baseline, same, c } = conditions;
  const timers = [baseline, same].map((variant, i) => {
    const host = startAlone(variant, 1);
    let made = 0;
    let layout: Layout;
    const open: Timer['open'] = (image, how) => {
      layout = image.layout;
      return host.open(image as Image, how);
    };
    const turn: Timer['turn'] = async (calls, asking = {}) => {
      const { reads, ...samples } = await host.turn(calls, asking);
      asking.onSent?.();
      const first = made;
      made += calls.length;
      const queuedNs = samples.timeNs.map((ns, k) => (first + k < waits[i] ? ns : 0));
      const forge = (bytes: Uint8Array) => {
        const after = bytes.slice();
        for (const [tensor, values] of Object.entries(tensorsOf(after, layout)))
          if (conditions.op.tensors[tensor].role !== 'in') values[0] += 1;
        return after;
      };
      const back = reads.map((own, k) => (variant === same && first + k === forgedCall ? own.map(forge) : own));
      return { ...samples, queuedNs, reads: back, untimedNs: null } satisfies Timed;
    };
    return { variant, threads: 1, open, turn, close: host.close } as unknown as Timer;
  });
  const timing = { case: c, baselineNs: 1e9, grant: allowance<Timer>(efforts.quick) };
  const times = (await timeCase(conditions, 0, timers, timing, () => {}))();
  const calls = ({ id }: Variant) => times.samples.filter((s) => s.variant === id).map((s) => s.timeNs.length);
  const verdict = times.verdicts.get('same');
  return { times, verdict, calls: [calls(baseline), calls(same)], conditions };
}

describe.each(ops)('a case of %s', (name) => {
  test('has its planned calls where these were calm', async () => {
    const { calls, verdict } = await timed(name, [0, 2]);
    expect(calls).toEqual([[1], [3]]);
    expect(verdict).toMatchObject({ status: 'pass', checks: 3 });
  });

  test('has more calls in the same turn where they waited, all in the samples and all checked', async () => {
    const { times, calls, verdict } = await timed(name, [2, 4]);
    expect(calls).toEqual([[3], [5]]);
    expect(verdict).toMatchObject({ status: 'pass', checks: 5 });
    for (const { queuedNs, timeNs } of times.samples) {
      expect(queuedNs).toHaveLength(timeNs.length);
      expect(calmTimes({ timeNs, queuedNs })).toHaveLength(1);
    }
    // Calls on inputs that were not planned are compared in full without a draw, so they say nothing of what a kernel foresees.
    for (const { fullNs, othersNs, variant } of times.audits)
      expect(fullNs.length + othersNs.length).toBe(variant === 'same' ? 3 : 1);
  });

  test('gives up on a variant that always waits', async () => {
    const { calls } = await timed(name, [99, 99]);
    expect(calls).toEqual([[1 + maxAgain], [3 + maxAgain]]);
  });

  test.each([3, 4])(
    'a wrong result of call %i from 0, made again, fails, and its replay makes the same calls',
    async (i) => {
      const { verdict } = await timed(name, [0, 4], i);
      expect(verdict?.status).toBe('fail');
      expect(verdictText(verdict as never)).toContain(`timed call ${i + 1}`);
      expect(verdict).toHaveProperty('failure.replay', expect.stringMatching(/--timed 0:3\+2$/));
    },
  );
});

test('a replay makes the calls that were made again as well', async () => {
  const { same, c, ...conditions } = await request('train_gpt2');
  const timed = { round: 0, calls: 3, again: 2 };
  expect(await replayTimed(conditions, same, c, timed)).toMatchObject({ status: 'pass', checks: 5 });
});
