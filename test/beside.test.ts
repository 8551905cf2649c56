/** Ceilings beside a run: as they are at that moment, the best of two measurements, and whom a stale low peak accuses: nobody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import { asOf, confirmed, highest } from '../src/machine/beside.ts';
import { type Ceilings, loadCeilings } from '../src/machine/ceilings.ts';
import { roof, workOf } from '../src/machine/roofline.ts';
import { fairCeilings } from '../src/run/floor.ts';
import type { CandidateOutcome, OpOutcome, RunOptions } from '../src/run/outcome.ts';
import { example, scaled } from './support/ceilings.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-beside-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { threads: 1, onProgress: () => {} } as unknown as RunOptions;
const inFolder = <T>(work: () => T) => inWorkspace(workspaceAt(folder), work);

describe('as of now', () => {
  test('the arithmetic is what it is, and bandwidths follow the speed that it shows', () => {
    expect(asOf(example, scaled(0.5).fma)).toEqual(scaled(0.5));
    // One point of four was disturbed: the others show the speed.
    const [first, ...others] = scaled(1.05).fma;
    const disturbed = [{ ...first, gflops: first.gflops / 3 }, ...others];
    expect(asOf(example, disturbed)).toEqual({ ...scaled(1.05), fma: disturbed });
  });

  test('arithmetic that is faster by more than a tenth says that the kept ones are too low', () => {
    expect(asOf(example, scaled(1.09).fma)).not.toBeNull();
    expect(asOf(example, scaled(1.11).fma)).toBeNull();
  });

  test('without a point in common nothing is known', () => {
    expect(asOf(example, [{ bits: 128, threads: 3, gflops: 100 }])).toBeNull();
    expect(asOf(example, [])).toBeNull();
  });
});

test('the highest of two has the better rate at each point, and is otherwise the second', () => {
  const second = { ...scaled(0.5), measuredAt: '2026-11-29T00:00:00.000Z' };
  second.fma[0].gflops = 60;
  const found = highest(example, second);
  expect(found).toEqual({ ...example, measuredAt: second.measuredAt, fma: found.fma });
  expect(found.fma.map(({ gflops }) => gflops)).toEqual([60, ...example.fma.slice(1).map(({ gflops }) => gflops)]);
  // A point that the first lacks, as with another number of cores, is the second's own.
  expect(highest({ ...example, fma: [], bandwidth: [] }, second)).toEqual(second);
});

describe('confirmed', () => {
  test('the best of both is kept, from three sweeps', () =>
    inFolder(async () => {
      const asked: number[] = [];
      const measure = async ({ sweeps }: { sweeps: number }) => {
        asked.push(sweeps);
        return scaled(2);
      };
      expect(await confirmed(example, options, measure)).toEqual(scaled(2));
      expect(loadCeilings()).toEqual(scaled(2));
      expect(await confirmed(scaled(2), options, async () => example)).toEqual(scaled(2));
      expect(asked).toEqual([3]);
    }));

  test('a measurement that was disturbed changes nothing', () =>
    inFolder(async () => {
      await confirmed(example, options, async () => example);
      expect(await confirmed(scaled(2), options, async () => null)).toBeNull();
      expect(loadCeilings()).toEqual(example);
    }));
});

describe('a candidate above its ceilings', async () => {
  const op = await loadOp('sgemm');
  const built = await buildBaseline('sgemm');
  const c = op.cases[0];
  const minNs = roof(example, workOf(op, c.dims), { threads: 1, flags: [] }).timeNs;
  const sample = (variant: string, ns: number) => {
    return { round: 0, turn: 0, case: op.caseName(c), variant, timeNs: [ns], queuedNs: null };
  };

  /** The ceilings of a run where it takes `share` of the least time that `kept` allow. */
  const fair = (
    share: number,
    measured: Ceilings | null,
    about: object = {},
    kept: Ceilings | null = example,
    more: object = {},
  ) => {
    let measurements = 0;
    const candidates = [{ id: 'x', built, verdict: { status: 'pass' }, ...about }] as unknown as CandidateOutcome[];
    const samples = [sample('sgemm/baseline', 40 * minNs), sample('x', share * minNs)];
    const outcome = {
      op,
      baseline: { id: 'sgemm/baseline' },
      cases: [c],
      unseen: [],
      samples,
      ceilings: kept,
      candidates,
      ...more,
    };
    return inFolder(async () => ({
      found: await fairCeilings(outcome as unknown as OpOutcome, options, async () => {
        measurements++;
        return measured;
      }),
      measurements,
    }));
  };

  test('has them measured anew', async () => {
    expect(await fair(0.8, scaled(2))).toEqual({ found: scaled(2), measurements: 1 });
  });

  test('has them measured anew at an unseen shape as well', async () => {
    const unseen = [{ case: c, near: op.caseName(c) }];
    expect(await fair(0.8, scaled(2), {}, example, { cases: [], unseen })).toEqual({
      found: scaled(2),
      measurements: 1,
    });
  });

  test('is not accused by a stale peak that cannot be measured anew', async () => {
    expect(await fair(0.8, null)).toEqual({ found: null, measurements: 1 });
  });

  test.each([
    ['that is below them', 1.1, {}],
    ['that is above them within what they are uncertain by', 0.997, {}],
    ['that failed', 0.5, { verdict: { status: 'fail' } }],
    ['that is a peer', 0.5, { built: null }],
  ])('one %s costs no measurement', async (_, share, about) => {
    expect(await fair(share, scaled(2), about)).toEqual({ found: example, measurements: 0 });
  });

  test('is nothing where there are no ceilings', async () => {
    expect(await fair(0.5, example, {}, null)).toEqual({ found: null, measurements: 0 });
  });
});
