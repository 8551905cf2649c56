/** What the judge says that wrong elements, and wrong checks, have in common; and how far a candidate goes on after its first failure. */
import { describe, expect, test } from 'vitest';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { asScript } from '../src/compiler/bundle.ts';
import type { AnyOp, Case, TensorSpec } from '../src/contract/op.ts';
import { lengthOf } from '../src/contract/op.ts';
import { makeRng } from '../src/contract/rng.ts';
import type { Variant } from '../src/contract/variant.ts';
import { type Seen, spreadOf, spreadText } from '../src/judge/pattern.ts';
import { elementsOf, elementsText } from '../src/judge/place.ts';
import { drawnCases, planChecks } from '../src/judge/plan.ts';
import { Survey, type SurveyLimits } from '../src/judge/survey.ts';
import { verify } from '../src/judge/verify.ts';
import { startHere } from './support/here.ts';

const [sgemm, layernorm, gelu, gpt2] = await Promise.all(
  ['sgemm', 'layernorm_forward', 'gelu_forward', 'train_gpt2'].map(loadOp),
);

const none = { left: 0, stopped: null };

describe('wrong elements', () => {
  /** Where those elements lie that `isWrong` says of, by their indices; each of them has the value 5. */
  const said = (op: AnyOp, tensor: string, dims: Case['dims'], isWrong: (...at: number[]) => boolean, value = 5) => {
    const spec: TensorSpec = op.tensors[tensor];
    const shape = spec.shape(dims);
    const got = new Float32Array(lengthOf(spec, dims));
    const wrong = [...got.keys()].filter((i) => {
      let rest = i;
      const at = shape.toReversed().map((extent) => {
        const index = rest % extent;
        rest = Math.floor(rest / extent);
        return index;
      });
      return isWrong(...at.toReversed());
    });
    for (const i of wrong) got[i] = value;
    return elementsText(
      elementsOf(
        { op, case: { dims, scalars: {} }, tensors: { [tensor]: new Float32Array(got.length).fill(7) } },
        tensor,
        wrong,
        got,
      ),
    );
  };
  const square = (M: number, N: number, pad = 0) => ({
    M,
    N,
    K: 5,
    lda: 5,
    ldb: N,
    ldc: N + pad,
    transA: 0,
    transB: 0,
  });
  const inC = (isWrong: (row: number, column: number) => boolean, dims = square(23, 29)) =>
    said(sgemm, 'C', dims, isWrong);

  test.each<[string, (row: number, column: number) => boolean]>([
    ['all 667 elements of C are wrong', () => true],
    ['no other of the 667 elements of C is wrong', (i, j) => i === 3 && j === 4],
    ['29 of 667 elements of C are wrong, all of them in row 3', (i) => i === 3],
    ['29 of 667 elements of C are wrong, all of them in the first row', (i) => i === 0],
    ['29 of 667 elements of C are wrong, all of them in the last row', (i) => i === 22],
    ['46 of 667 elements of C are wrong, all of them in the first 2 columns', (_, j) => j < 2],
    ['115 of 667 elements of C are wrong, all of them in the last 5 columns (from N - N % 6 on)', (_, j) => j >= 24],
    [
      '12 of 667 elements of C are wrong, all of them in rows 4 to 6 and in columns 8 to 11',
      (i, j) => i > 3 && i < 7 && j > 7 && j < 12,
    ],
    ['161 of 667 elements of C are wrong, all of them in every 4th column, from 3 on', (_, j) => j % 4 === 3],
    [
      '235 of 667 elements of C are wrong, all of them in the last 5 rows (from M - M % 6 on) or in the last 5 columns (from N - N % 6 on)',
      (i, j) => i >= 18 || j >= 24,
    ],
    // Half of the elements, here and there: nothing is said that chance would say as well.
    ['334 of 667 elements of C are wrong', (i, j) => (29 * i + j) % 2 === 0],
    ['2 of 667 elements of C are wrong', (i, j) => (i === 3 && j === 4) || (i === 9 && j === 20)],
  ])('%s', (text, isWrong) => expect(inC(isWrong)).toBe(text));

  test('a tail is that of the columns before the padding, and one beyond is not', () => {
    const padded = square(23, 29, 3);
    expect(inC((_, j) => j > 27 && j < 29, padded)).toBe(
      '23 of 736 elements of C are wrong, all of them in the last column',
    );
    expect(inC((_, j) => j > 28, padded)).toBe('69 of 736 elements of C are wrong, all of them in the last 3 columns');
  });

  test('more axes than two go by their dims, flat tensors by their parts', () => {
    const dims = { B: 3, T: 5, C: 67 };
    expect(said(layernorm, 'out', dims, (_b, _t, c) => c >= 64)).toBe(
      '45 of 1005 elements of out are wrong, all of them in the last 3 indices of C (from C - C % 4 on)',
    );
    expect(said(layernorm, 'out', dims, (b) => b === 1)).toContain('all of them in index 1 of B');
    expect(said(gelu, 'out', { N: 67 }, (i) => i >= 64)).toBe(
      '3 of 67 elements of out are wrong, all of them in the last 3 elements (from N - N % 4 on)',
    );
    const [{ dims: small }] = gpt2.edges;
    const [, wpe] = gpt2.parts?.('params', small) ?? [];
    expect(said(gpt2, 'params', small, (i) => i >= wpe.offset && i < wpe.offset + 3)).toContain('all of them in wpe');
  });

  test('what value all of them have is said as well', () => {
    const row = (value: number) => said(sgemm, 'C', square(4, 8), (i) => i === 1, value);
    expect(row(Number.NaN)).toBe('8 of 32 elements of C are wrong, all of them in row 1 and NaN');
    expect(row(0)).toMatch(/in row 1 and 0$/);
    expect(row(7)).toMatch(/in row 1 and unchanged by the call$/);
  });
});

describe('wrong checks', () => {
  const cases = [...sgemm.edges, ...drawnCases(sgemm, 7), ...sgemm.cases].filter(({ dims: { M, N } }) => M * N > 0);
  const seen = (isWrong: (one: Omit<Seen, 'wrong'>) => boolean, among: readonly Case[] = cases): Seen[] =>
    planChecks(sgemm, among, { seed: 7, repeats: 1, timedShapes: true }).map(({ case: own, varied, distribution }) => {
      const one = { name: sgemm.caseName(own), case: varied ?? own, distribution };
      return { ...one, wrong: isWrong(one) };
    });
  const shared = (isWrong: Parameters<typeof seen>[0], among?: readonly Case[]) =>
    spreadOf(sgemm, seen(isWrong, among), none).shared;
  type Dims = Readonly<Record<'M' | 'N' | 'K' | 'ldc' | 'transA' | 'transB', number>>;

  test.each<[string, (d: Dims, scalars: Case['scalars'], distribution: string, name: string) => boolean]>([
    ['the checks with K % 4 ≠ 0', ({ K }) => K % 4 !== 0],
    ['the checks with M % 6 = 0', ({ M }) => M % 6 === 0],
    ['the checks with K = 0', ({ K }) => K === 0],
    ['the checks with transA = 1', ({ transA }) => transA === 1],
    ['the checks with beta ≠ 0', (_, { beta }) => beta !== 0],
    ['the checks with beta = 0', (_, { beta }) => beta === 0],
    ['the checks with alpha ≠ 1', (_, { alpha }) => alpha !== 1],
    ['the checks with ldc ≠ N', ({ N, ldc }) => ldc !== N],
    ['the checks with inputs = integers', (_d, _s, distribution) => distribution === 'integers'],
    ['the checks with M > 64', ({ M }) => M > 64],
    ['the checks with M ≤ 12', ({ M }) => M <= 12],
    ['the checks with transA = 1 and K % 4 ≠ 0', ({ transA, K }) => transA === 1 && K % 4 !== 0],
    ['the checks with transB = 1 or K % 4 ≠ 0', ({ transB, K }) => transB === 1 || K % 4 !== 0],
    ['the case M7N11K13', (_d, _s, _i, name) => name === 'M7N11K13'],
    [
      'the cases with beta ≠ 0',
      (_, { beta }, distribution) => beta !== 0 && distribution !== 'uniform' && distribution !== 'unit',
    ],
  ])('exactly %s', (text, isWrong) => {
    expect(shared(({ case: c, distribution, name }) => isWrong(c.dims as Dims, c.scalars, distribution, name))).toBe(
      text,
    );
  });

  test('what it says separates wrong from right, or it says nothing', () => {
    const rng = makeRng(3);
    expect(shared(() => rng.unit() < 0.5)).toBeNull();
    expect(shared(() => true)).toBeNull();
    // Two cases of 40 are no kind: some pair of predicates would always be true of them.
    expect(shared(({ case: c }) => c === cases[5] || c === cases[8])).toBeNull();
  });

  test('as a line', () => {
    expect(
      spreadText(
        spreadOf(
          sgemm,
          seen(() => true),
          none,
        ),
      ),
    ).toMatch(/^all \d+ checks are wrong$/);
    const half = spreadOf(
      sgemm,
      seen(({ case: { dims } }) => dims.transA === 1),
      { left: 3, stopped: 'it was late' },
    );
    expect(spreadText(half)).toMatch(
      /^\d+ of \d+ checks are wrong, in \d+ of \d+ cases: exactly the checks with transA = 1; 3 checks were not made: it was late$/,
    );
  });
});

describe('a candidate that failed', async () => {
  const residual = await loadOp('residual_forward');
  const given = {
    ...{ op: residual, oracle: await loadOracle(residual.name), baseline: await buildBaseline(residual.name) },
    ...{
      seed: 5,
      threads: 1,
      text: new Uint8Array(),
      checks: planChecks(residual, residual.edges, { seed: 5, repeats: 1, timedShapes: false }),
      start: startHere,
    },
  };
  const variant = async (id: string, code: string): Promise<Variant> => {
    const script = await asScript(code);
    return { id, flags: [], threads: 'one', artifact: async () => ({ kind: 'js', code: script }) };
  };
  const body = (end: string) =>
    `export default { about: 'x', setup: () => ({ out, inp1, inp2 }) => { for (let i = 0; i < ${end}; i++) out[i] = inp1[i] + inp2[i]; } };`;
  const variants = [
    await variant('tail', body('out.length - out.length % 4')),
    await variant('right', body('out.length')),
  ];
  const told = async (survey?: SurveyLimits) => {
    let made = 0;
    const verdicts = await verify({ ...given, variants, survey, onProgress: () => made++ });
    return { made, verdicts };
  };

  test('goes on if it is asked to, and its first failure stays the verdict', async () => {
    const { verdicts } = await told({ checks: 1000, ms: 1e6 });
    const first = (await told()).verdicts;
    expect(first.get('tail')).not.toHaveProperty('spread');
    expect(verdicts.get('tail')).toMatchObject(first.get('tail') as object);
    expect(verdicts.get('right')).toEqual(first.get('right'));
    expect(verdicts.get('tail')).toMatchObject({
      status: 'fail',
      spread: { shared: 'the checks with N % 4 ≠ 0', left: 0, stopped: null },
    });
  });

  test('stops at its limits, and says how many checks are left', async () => {
    const few = await verify({ ...given, variants: [variants[0]], survey: { checks: 5, ms: 1e6 } });
    const { spread } = few.get('tail') as { spread: { of: number; left: number } };
    expect(spread).toMatchObject({ stopped: 'a failed candidate takes 5 more' });
    expect(spread.left).toBeGreaterThan(0);
    const survey = new Survey({ checks: 9, ms: -1 });
    const one = { name: 'N1', case: residual.edges[1], distribution: 'normal', isEmpty: false };
    expect(survey.goesOn()).toBe(false);
    survey.add(one, { status: 'fail', failure: {} as never });
    expect(survey.goesOn()).toBe(false);
    expect(survey.spread(residual, 4)).toMatchObject({
      wrong: 1,
      of: 1,
      left: 3,
      stopped: expect.stringContaining(' s'),
    });
  });
});
