/** Unseen shapes: how they are drawn, tried out and asked for. What is made of their times is in unseen-gap.test.ts. */
import { describe, expect, test } from 'vitest';
import { complaintAbout } from '../src/catalog/opShape.ts';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { type AnyOp, bytesMoved, type Case } from '../src/contract/op.ts';
import { bench } from '../src/index.ts';
import { maxUnseen } from '../src/judge/dims.ts';
import { drawnCases, planChecks } from '../src/judge/plan.ts';
import { makeSeed } from '../src/judge/seed.ts';
import { type Unseen, unseenCases, unseenNamed } from '../src/judge/unseen.ts';
import type { RunOptions } from '../src/run/outcome.ts';
import type { Prepared } from '../src/run/prepare.ts';
import { drawUnseen, withTimeFor } from '../src/run/unseen.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { nfold } from './support/command.ts';

const timedOf = (op: AnyOp): readonly Case[] => op.cases.filter((c: Case) => !c.extra);
const namesOf = (op: AnyOp, shapes: readonly Unseen[]) => shapes.map((one) => op.caseName(one.case));

describe.each(opNames())('shapes for %s', (name) => {
  const drawn = async (seed: number | string = 7, count = maxUnseen) => {
    const op = await loadOp(name);
    return { op, shapes: unseenCases(op, seed, timedOf(op), count) };
  };

  test('a seed repeats them, another one gives others, and without one nobody can tell them', async () => {
    const { op, shapes } = await drawn();
    expect(shapes).toHaveLength(maxUnseen);
    expect(shapes).toEqual((await drawn()).shapes);
    expect((await drawn(7, 3)).shapes).toEqual(shapes.slice(0, 3));
    const [a, b] = await Promise.all([drawn(makeSeed(undefined).seed), drawn(makeSeed(undefined).seed)]);
    const inBoth = namesOf(op, a.shapes).filter((one) => namesOf(op, b.shapes).includes(one));
    expect(inBoth.length).toBeLessThan(3);
  });

  test.each([1, 2, 3])('under seed %i they are new, near, odd, and keep the rules of the op', async (seed) => {
    const { op, shapes } = await drawn(seed);
    const known = [...op.cases, ...op.edges, ...drawnCases(op, seed)].map((c) => op.caseName(c));
    const names = namesOf(op, shapes);
    expect(new Set([...known, ...names]).size).toBe(new Set(known).size + names.length);
    for (const { case: c, near } of shapes) {
      const beside = timedOf(op).find((one) => op.caseName(one) === near) as Case;
      const [at, d] = [op.caseName(c), c.dims];
      expect(complaintAbout({ ...op, cases: [c], edges: [] }, op.name), at).toBeNull();
      expect(c.scalars).toEqual(beside.scalars);
      const work = op.flop(d) / op.flop(beside.dims);
      expect(Math.abs(work - 1), at).toBeLessThanOrEqual(0.4);
      expect(Math.abs(Math.log2(bytesMoved(op, d) / bytesMoved(op, beside.dims))), at).toBeLessThanOrEqual(1);
      for (const dim of op.dims) if (beside.dims[dim] > 8) expect(d[dim] % 2, `${dim} of ${at}`).toBe(1);
      if ('NH' in d) expect(d.C % d.NH, at).toBe(0);
      if (name === 'train_gpt2') {
        // Ids are bytes, and the text may be no longer than the largest batch of the cases.
        expect(d.V).toBeGreaterThan(256);
        expect(d.B * d.T).toBeLessThanOrEqual(512);
      }
      if (name === 'sgemm') {
        const { M, N, K, transA, transB } = d;
        expect(d).toMatchObject({ lda: transA ? M : K, ldb: transB ? K : N, ldc: N });
        expect([transA, transB]).toEqual([beside.dims.transA, beside.dims.transB]);
      }
    }
  });

  test('the timed cases take turns, and a filter of them leaves shapes near those alone', async () => {
    const { op, shapes } = await drawn();
    const [first, ...others] = timedOf(op);
    const counts = [first, ...others].map((c) => shapes.filter(({ near }) => near === op.caseName(c)).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    const few = unseenCases(op, 7, [first], 2);
    expect(few.map(({ near }) => near)).toEqual([op.caseName(first), op.caseName(first)]);
    expect(shapes).toEqual(expect.arrayContaining(few.slice(0, 1)));
  });

  test('a check of each is found again by its name and the seed', async () => {
    const { op, shapes } = await drawn();
    for (const one of shapes.slice(0, 2)) expect(unseenNamed(op, 7, op.caseName(one.case))).toEqual([one.case]);
    expect(unseenNamed(op, 8, op.caseName(shapes[0].case))).toEqual([]);
    expect(unseenNamed(op, 7, undefined)).toEqual([]);
  });
});

describe('an op of the user', () => {
  const shape = (N: number): Case => ({ dims: { N }, scalars: {} });
  const own = (cases: readonly number[], edges: readonly number[]) =>
    ({
      ...{ name: 'own', about: 'x', dims: ['N'], scalars: [], distributions: ['any'] },
      tensors: { x: { dtype: 'f32', role: 'out', shape: ({ N }: { N: number }) => [N] } },
      ...{ cases: cases.map(shape), edges: edges.map(shape) },
      caseName: ({ dims }: Case) => `N${dims.N}`,
      flop: ({ N }: { N: number }) => N,
      ...{ draw: () => {}, bounds: () => ({}) },
    }) as unknown as AnyOp;
  const sizes = (op: AnyOp, count = maxUnseen) => unseenCases(op, 1, op.cases, count).map(({ case: c }) => c.dims.N);

  test('without drawCase, a shape keeps the range and the divisor of all cases', () => {
    const found = sizes(own([6400], [4, 64, 12, 8000]));
    expect(found).toHaveLength(maxUnseen);
    for (const N of found) expect(N % 8).toBe(4);
    expect(Math.max(...sizes(own([1000], [1])))).toBeLessThan(1000);
  });

  test('where the rules leave nothing, there is no shape, and a sentence', async () => {
    expect(sizes(own([1024], []))).toEqual([]);
    const notes: string[] = [];
    const op = { ...own([1024], []), name: 'sgemm' };
    const asked = { cases: op.cases, count: 2, note: (sentence: string) => notes.push(sentence) };
    const options = { seed: 1 } as unknown as RunOptions;
    expect(await drawUnseen({ op } as unknown as Prepared, { ...asked, options })).toEqual([]);
    expect(notes).toEqual([
      'sgemm: no unseen shape, as its cases and drawCase leave no other shape near the timed ones',
    ]);
    const few = { ...own([10], [3, 14]), name: 'sgemm' };
    await drawUnseen({ op: few } as unknown as Prepared, { ...asked, cases: few.cases, count: 9, options });
    expect(notes[1]).toMatch(/^sgemm: \d unseen shapes? instead of 9, as /);
  });
});

test('they are checked as timed shapes are, and leave the checks of the others as they were', async () => {
  const op = await loadOp('sgemm');
  const unseen = unseenCases(op, 7, timedOf(op), 2).map((one) => one.case);
  const extent = { seed: 7, repeats: 1, timedShapes: false };
  const kinds = (planned: AnyOp, cases: readonly Case[]) =>
    planChecks(planned, cases, extent).map(({ distribution, varied }) => `${distribution} ${varied !== undefined}`);
  // Of these two, each has flop of its own, as M64N64K64 has among the cases.
  expect(kinds({ ...op, cases: unseen }, [unseen[0]])).toEqual(kinds(op, [op.cases[0]]));
  expect(planChecks({ ...op, cases: [] }, [], extent)).toEqual([]);
});

test('the time limit grows by the work', async () => {
  const op = await loadOp('gelu_forward');
  const [c] = op.cases;
  expect(withTimeFor(op, [c], [c, c, c], efforts.quick)).toEqual({
    ...efforts.quick,
    budgetS: 3 * efforts.quick.budgetS,
  });
  expect(withTimeFor(op, [c], [c], efforts.quick)).toEqual(efforts.quick);
});

test('the library refuses a wrong number too', async () => {
  await expect(bench(['sgemm'], { unseen: 21 })).rejects.toThrow(/^settings\.unseen is wrong: /);
});

test.each(['0', '21', '-1', '2.5', 'many'])('--unseen %s is refused in one sentence', async (value) => {
  const { code, stdout, stderr } = await nfold(['bench', 'sgemm', `--unseen=${value}`], { cwd: process.cwd() });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    `nfold: option '--unseen <n>' argument '${value}' is invalid. It takes a whole number from 1 to 20, in plain digits.\n`,
  );
});
