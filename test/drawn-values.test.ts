/**
 * Values of every size are drawn: steps, so that AdamW which is wrong from some step on is found under every seed, by the checks that
 * `nfold verify --quick` makes of small shapes; ids; and scalars, at timed shapes too. test/pack.test.ts has the same of train_gpt2.
 */
import { describe, expect, test } from 'vitest';
import { anyStep, ids, lateStep, latestStep } from '../baselines/draws.ts';
import sgemm from '../baselines/sgemm/op.ts';
import train from '../baselines/train_gpt2/op.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { type Case, lengthOf } from '../src/contract/op.ts';
import { makeRng } from '../src/contract/rng.ts';
import { compose } from '../src/judge/compose.ts';
import { drawnCases, planChecks } from '../src/judge/plan.ts';
import { missed, rounding, wrong } from './support/late-steps.ts';

const highest = 2 ** 31 - 1;

describe('steps', () => {
  const rng = makeRng(1);
  const draws = (draw: typeof anyStep) => Array.from({ length: 20_000 }, () => draw(rng));

  test.each([
    ['any', anyStep, 1, highest],
    ['late', lateStep, 2 ** 10, 2 ** 14 - 1],
    ['latest', latestStep, 2 ** 14 - 1, highest],
  ] as const)('%s', (_, draw, lowest, most) => {
    const steps = draws(draw);
    expect(steps.every((step) => Number.isInteger(step) && step >= lowest && step <= most)).toBe(true);
    expect(new Set(steps)).toContain(most === highest ? highest : 2 ** 12);
  });

  test('next to powers of two', () => {
    expect(draws(anyStep)).toEqual(expect.arrayContaining([1, 2, 1000, 65535, 65536, 65537, 2 ** 24, 2 ** 24 + 1]));
  });

  test('a training run goes on from step 1, other calls from any', () => {
    const dims = { B: 1, T: 1, L: 1, C: 4, NH: 1, V: 256 };
    const tensors = Object.fromEntries(
      Object.entries(train.tensors).map(([name, spec]) => {
        const length = lengthOf(spec, dims);
        return [name, spec.dtype === 'i32' ? new Int32Array(length) : new Float32Array(length)];
      }),
    ) as never as Record<'step', Int32Array>;
    const { scalars } = train.cases[0];
    const text = new Uint8Array(100);
    const next = (distribution: string) =>
      train.drawNext?.({ dims, scalars, tensors: tensors as never, rng, distribution, text });
    tensors.step[0] = highest;
    const steps = Array.from({ length: 200 }, () => {
      next('trained');
      return tensors.step[0];
    });
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeGreaterThan(2 ** 24);
    tensors.step[0] = 1;
    next('init');
    expect(tensors.step[0]).toBe(2);
  });
});

// In test/slow under 200 seeds.
test('AdamW that is wrong from some step on is found under each seed, and rounding is not', () => {
  for (let seed = 1; seed <= 15; seed++) expect(missed(seed, wrong), `seed ${seed}`).toEqual([]);
  for (let seed = 1; seed <= 5; seed++) expect(missed(seed, rounding).sort()).toEqual(Object.keys(rounding).sort());
});

describe('other values', () => {
  const extent = { repeats: 1, timedShapes: true };

  test.each(['adamw', 'train_gpt2', 'sgemm'])('%s: timed shapes are verified under other scalars', async (name) => {
    const any = await loadOp(name);
    const varied = planChecks(any, any.cases, { ...extent, seed: 1 }).filter((check) => check.varied);
    expect([...new Set(varied.map((check) => check.case))]).toEqual(any.cases);
    for (const check of varied) expect(any.flop(check.varied?.dims ?? {})).toBe(any.flop(check.case.dims));
    expect(varied.some((check) => check.varied?.scalars === check.case.scalars)).toBe(false);
  });

  test('sgemm: timed shapes of equal flop get every form in every run, and each shape every padding, alpha and beta in some', () => {
    const seen = new Map<Case, Set<string>>();
    const padsOf = ({ dims: d }: Case) =>
      [d.lda - (d.transA ? d.M : d.K), d.ldb - (d.transB ? d.K : d.N), d.ldc - d.N].map((pad) => (pad > 0 ? 1 : 0));
    for (let seed = 1; seed <= 60; seed++) {
      const checks = planChecks(sgemm, sgemm.cases, { ...extent, seed }).filter((check) => check.varied);
      for (const [flop, alike] of Map.groupBy(checks, (check) => sgemm.flop(check.case.dims))) {
        const forms = new Set(alike.map(({ varied }) => `${varied?.dims.transA}${varied?.dims.transB}`));
        // Costly shapes get one at a time.
        expect(forms.size).toBe(flop > 2e8 ? 1 : 4);
      }
      for (const { case: own, varied: one } of checks as { case: Case; varied: Case }[]) {
        const { alpha, beta } = one.scalars;
        const kinds = [
          `alpha ${alpha === 1}`,
          `beta ${beta === 0 || beta === 1 ? beta : 'other'}`,
          `pads ${padsOf(one)}`,
        ];
        seen.set(own, new Set([...(seen.get(own) ?? []), ...kinds]));
        expect(['M', 'N', 'K'].map((dim) => one.dims[dim])).toEqual(['M', 'N', 'K'].map((dim) => own.dims[dim]));
      }
    }
    expect([...seen.keys()]).toHaveLength(sgemm.cases.length);
    const scalars = ['alpha false', 'alpha true', 'beta 0', 'beta 1', 'beta other'];
    const all = [...scalars, 'pads 0,0,1', 'pads 0,1,0', 'pads 1,0,0', 'pads 1,1,1'];
    for (const [own, kinds] of seen) expect([...kinds].sort(), sgemm.caseName(own)).toEqual(all);
  });

  test('training: shapes as wide as the timed ones, with another vocabulary, each run', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const drawn = drawnCases(train, seed);
      expect(drawn.some(({ dims: d }) => d.C >= 64 && d.T >= 32 && d.V > 256)).toBe(true);
      expect(drawn.some(({ dims: d }) => d.T === 1)).toBe(true);
      expect(drawn.every(({ dims: d }) => d.C % d.NH === 0)).toBe(true);
    }
  });

  test('threads: those of the run, one, and an odd number, in every run', async () => {
    for (const name of ['sgemm', 'train_gpt2', 'gelu_forward']) {
      const any = await loadOp(name);
      for (let seed = 1; seed <= 50; seed++) {
        const cases = [...any.edges, ...drawnCases(any, seed), ...any.cases];
        const threads = planChecks(any, cases, { ...extent, seed }).map((check) => check.threads);
        const other = threads.filter((count) => count !== undefined);
        expect(other.length / threads.length).toBeLessThan(0.6);
        expect(other.filter((count) => count === 1).length).toBeGreaterThan(5);
        expect(other.filter((count) => count > 1 && count % 2 === 1).length).toBeGreaterThan(3);
      }
    }
  });

  test('a check is found again by its case alone, and a larger extent adds checks behind it', () => {
    const all = planChecks(sgemm, [...sgemm.edges, ...sgemm.cases], { ...extent, seed: 9 });
    for (const c of [sgemm.edges[14], sgemm.cases[3]]) {
      const own = all.filter((check) => check.case === c);
      expect(planChecks(sgemm, [c], { ...extent, seed: 9 })).toEqual(own);
      expect(planChecks(sgemm, [c], { repeats: 3, timedShapes: true, seed: 9 }).slice(0, own.length)).toEqual(own);
      const fewer = planChecks(sgemm, [c], { repeats: 1, timedShapes: false, seed: 9 });
      expect(own.slice(0, fewer.length)).toEqual(fewer);
    }
  });

  test('ids: the last, and those of a training step that are in no text', () => {
    const drawn = new Int32Array(4);
    const last = Array.from({ length: 100 }, (_, seed) => {
      ids(drawn, makeRng(seed), 1000);
      return drawn.includes(999);
    });
    expect(last.filter(Boolean).length).toBeGreaterThan(30);
    const c = train.edges.find(({ dims }) => dims.V > 256) as Case;
    const text = new Uint8Array(100).fill(97);
    const { tensors } = compose({ op: train, case: c, distribution: 'late', text }, 1);
    expect(Math.max(...tensors.tokens, ...tensors.targets)).toBeGreaterThan(127);
  });
});
