/**
 * C = alpha * op(A) * op(B) + beta * C          op(X) is X, or X transposed
 *
 * Shapes   op(A) (M,K), op(B) (K,N), C (M,N), row-major with leading dimensions lda, ldb, ldc >= the stored row; the
 *          stored A is (M,lda), or (K,lda) if transA = 1, and so on. Rows are padded out to the leading dimension.
 * Numerics f32. beta = 0 means that C is not read: NaN there must not survive (BLAS). alpha = 0 or K = 0 leaves beta * C.
 * Error    |got - want| <= (2 sqrt(K) + 8) u (|alpha| |A||B| + |beta| |C|), u = 2^-24, on random inputs: rounding errors
 *          of a sum of K terms walk as sqrt(K), and no order of summation that anyone uses comes near this bound, while a
 *          dropped term or half-precision inputs pass it by orders of magnitude. Where every partial sum is exact in any
 *          order (../exact.ts), as on integer inputs and on canaries, the bound is 0.
 * Work     2 M N K flop; compute bound from about 64 up.
 * Source   Dongarra et al. 1990, level 3 BLAS; Higham 2002, chapter 3, for the error of a sum.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import type { Rng } from '../../src/contract/rng.ts';
import { canaries, canaryDraws, gridOf, grids, isExact } from '../exact.ts';

const dims = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'] as const;
type Dim = (typeof dims)[number];
type SgemmCase = Case<Dim, 'alpha' | 'beta'>;

interface Options {
  form?: 'NN' | 'NT' | 'TN' | 'TT';
  /** Added to each leading dimension. */
  pad?: number;
  alpha?: number;
  beta?: number;
  extra?: boolean;
}

function gemm(M: number, N: number, K: number, options: Options = {}): SgemmCase {
  const { form = 'NN', pad = 0, alpha = 1, beta = 0, extra = false } = options;
  const transA = form[0] === 'T' ? 1 : 0;
  const transB = form[1] === 'T' ? 1 : 0;
  const lda = (transA ? M : K) + pad;
  const ldb = (transB ? K : N) + pad;
  return { dims: { M, N, K, lda, ldb, ldc: N + pad, transA, transB }, scalars: { alpha, beta }, extra };
}

const forms = ['NN', 'NT', 'TN'] as const;

/** The matmuls of training: (B*T, OC, C) forward, and the two products of the backward pass. */
const training = [
  [256, 384, 128],
  [256, 128, 512],
  [512, 128, 256],
] as const;

const cases: SgemmCase[] = [
  ...[64, 128, 256, 512].map((n) => gemm(n, n, n)),
  ...training.flatMap(([M, N, K]) => forms.map((form) => gemm(M, N, K, { form }))),
  gemm(1024, 1024, 1024, { extra: true }),
];

const edges: SgemmCase[] = [
  gemm(0, 5, 3),
  gemm(5, 0, 3),
  gemm(5, 7, 0, { beta: 0.5 }),
  gemm(4, 8, 0),
  gemm(1, 1, 1),
  gemm(1, 17, 9),
  gemm(19, 1, 5),
  gemm(3, 2, 1, { form: 'TN' }),
  gemm(2, 3, 5, { form: 'TT' }),
  gemm(7, 11, 13),
  gemm(7, 11, 13, { form: 'TT', pad: 3 }),
  gemm(5, 31, 64, { form: 'NT' }),
  gemm(6, 16, 33, { form: 'TN', pad: 1 }),
  gemm(12, 32, 8, { pad: 5 }),
  gemm(13, 17, 19, { form: 'NT', pad: 7, alpha: -1.5, beta: 2 }),
  gemm(23, 29, 31, { form: 'TN', alpha: 0.25, beta: 1 }),
  gemm(9, 33, 65, { form: 'TT', alpha: 3, beta: -1 }),
  gemm(10, 10, 10, { alpha: 0, beta: 1.25 }),
  gemm(11, 15, 4, { alpha: 0 }),
  gemm(16, 16, 16, { beta: 1 }),
  gemm(47, 61, 53, { pad: 2 }),
  gemm(65, 63, 67, { form: 'NT', pad: 1 }),
  gemm(97, 101, 89, { form: 'TN', beta: 1, pad: 11 }),
  gemm(127, 129, 131, { alpha: 2 }),
];

const u = 2 ** -24;

export default defineOp({
  name: 'sgemm',
  about: 'C = alpha op(A) op(B) + beta C, single precision, row-major',
  dims,
  scalars: ['alpha', 'beta'],
  tensors: {
    A: { dtype: 'f32', role: 'in', shape: (d) => [d.transA ? d.K : d.M, d.lda] },
    B: { dtype: 'f32', role: 'in', shape: (d) => [d.transB ? d.N : d.K, d.ldb] },
    C: { dtype: 'f32', role: 'inout', shape: (d) => [d.M, d.ldc] },
  },
  cases,
  edges,
  drawCase(rng) {
    // One side in nine is long: past any block of a cache that a kernel may have, at the cost of two short ones.
    const side = () => (rng.int(0, 8) === 0 ? rng.int(141, 700) : 1 + Math.floor(140 * rng.unit() ** 2));
    const scalars = rng.int(0, 2) === 0 ? { alpha: rng.int(-6, 12) / 4, beta: rng.int(-6, 12) / 4 } : {};
    const form = (['NN', 'NT', 'TN', 'TT'] as const)[rng.int(0, 3)];
    return gemm(side(), side(), side(), { form, pad: rng.int(0, 1) * rng.int(1, 13), ...scalars });
  },
  vary({ dims: { M, N, K, transA, transB } }, rng) {
    const form = `${transA ? 'T' : 'N'}${transB ? 'T' : 'N'}` as const;
    const quarters = (from: number) => (rng.bits() & 1 ? 1 : -1) * (rng.int(from, 12) / 4);
    return gemm(M, N, K, { form, pad: rng.int(1, 13), alpha: quarters(5), beta: quarters(1) });
  },
  caseName({ dims: d, scalars: s }) {
    const form = (d.transA ? 'T' : 'N') + (d.transB ? 'T' : 'N');
    const tight = { lda: d.transA ? d.M : d.K, ldb: d.transB ? d.K : d.N, ldc: d.N };
    const strides = (['lda', 'ldb', 'ldc'] as const).filter((ld) => d[ld] !== tight[ld]).map((ld) => `${ld}${d[ld]}`);
    const scales = [s.alpha === 1 ? '' : `alpha${s.alpha}`, s.beta === 0 ? '' : `beta${s.beta}`];
    return [`M${d.M}N${d.N}K${d.K}`, form === 'NN' ? '' : form, ...strides, ...scales].join('');
  },
  flop: (d) => 2 * d.M * d.N * d.K,
  distributions: ['normal', 'uniform', 'unit', 'laplace', 'lognormal', 'integers'],
  exact: 'integers',
  draw({ dims: d, scalars, tensors: { A, B, C }, rng, distribution, canaries: hidden }) {
    const draws = elementDraws(distribution, d.K, rng);
    for (let i = 0; i < A.length; i++) A[i] = draws.a();
    for (let i = 0; i < B.length; i++) B[i] = draws.b();
    for (let i = 0; i < C.length; i++) {
      const padding = i % d.ldc >= d.N;
      C[i] = scalars.beta === 0 && !padding ? Number.NaN : draws.c();
    }
    if (!hidden || distribution !== 'normal') return;
    const { wide, narrow } = canaryDraws(d.K, rng);
    const [a, b] = rng.bits() & 1 ? [wide, narrow] : [narrow, wide];
    const [[aRow, aCol], [bRow, bCol]] = strides(d);
    for (const i of canaries(d.M, rng)) for (let k = 0; k < d.K; k++) A[i * aRow + k * aCol] = a();
    for (const j of canaries(d.N, rng)) for (let k = 0; k < d.K; k++) B[k * bRow + j * bCol] = b();
  },
  bounds({ dims: d, scalars: { alpha, beta }, inputs, truths }) {
    const factor = (2 * Math.sqrt(d.K) + 8) * u;
    const { scale } = truths.C as { scale: Float64Array };
    const [[aRow, aCol], [bRow, bCol]] = strides(d);
    const rows = grids(inputs.A as Float32Array, d.M, aRow, d.K, aCol);
    const columns = grids(inputs.B as Float32Array, d.N, bCol, d.K, bRow);
    const bounds = new Float64Array(scale.length);
    for (let i = 0; i < d.M; i++) {
      for (let at = i * d.ldc, j = 0; j < d.N; j++, at++) {
        const before = beta === 0 ? Number.POSITIVE_INFINITY : gridOf(beta) + gridOf(inputs.C[at]);
        const grid = Math.min(rows[i] + columns[j] + gridOf(alpha), before);
        bounds[at] = isExact(scale[at], grid) ? 0 : factor * scale[at];
      }
    }
    return { C: bounds };
  },
});

/** Of op(A) by row and column, and of op(B). */
function strides(d: SgemmCase['dims']): readonly (readonly [row: number, col: number])[] {
  return [d.transA ? [1, d.lda] : [d.lda, 1], d.transB ? [1, d.ldb] : [d.ldb, 1]];
}

/**
 * Integers: |a| odd and below 2^12, b in {-1, 0, 1}, with K |a| |b| <= 2^24; then all partial sums are exact in f32. Or |a|
 * below 2^18 and few b that are not 0: inputs of 16 bits, good enough for the bound at large K, can't hold those.
 */
function elementDraws(distribution: string, K: number, rng: Rng): Record<'a' | 'b' | 'c', () => number> {
  const both = (draw: () => number) => ({ a: draw, b: draw, c: draw });
  switch (distribution) {
    case 'normal':
      return both(() => rng.normal());
    case 'uniform':
      return both(() => 2 * rng.unit() - 1);
    case 'unit':
      return both(() => rng.unit());
    case 'laplace':
      return both(() => Math.log(1 - rng.unit()) * (rng.bits() & 1 ? 1 : -1));
    case 'lognormal':
      return both(() => Math.exp(rng.normal()));
    case 'integers': {
      // alpha and beta of the edges are multiples of 1/4 up to 3: four bits of headroom keep those products exact too.
      const few = rng.bits() & 1;
      const most = few ? 2 ** 18 : Math.min(2 ** 12 - 1, Math.floor(2 ** 20 / Math.max(1, K)));
      const scale = 2 ** rng.int(-8, 8);
      const wide = () => scale * (2 * rng.int(-(most >> 1), most >> 1) + 1);
      const narrow = () => (few && rng.int(1, K) > 3 ? 0 : rng.int(-1, 1));
      const c = () => scale * narrow();
      return rng.bits() & 1 ? { a: wide, b: narrow, c } : { a: narrow, b: wide, c };
    }
    default:
      throw new Error(`sgemm has no distribution '${distribution}'`);
  }
}
