/**
 * C = alpha * op(A) * op(B) + beta * C          op(X) is X, or X transposed
 *
 * Shapes   op(A) (M,K), op(B) (K,N), C (M,N), row-major with leading dimensions lda, ldb, ldc >= the stored row; the
 *          stored A is (M,lda), or (K,lda) if transA = 1, and so on. Rows are padded out to the leading dimension.
 * Numerics f32. beta = 0 means that C is not read: NaN there must not survive (BLAS). alpha = 0 or K = 0 leaves beta * C.
 * Error    |got - want| <= u ((2 sqrt(K) + 8) |alpha| |A||B| + (K + 8) |beta| |C|), u = 2^-24, on random inputs: rounding
 *          errors of a sum of K terms walk as sqrt(K), and no order of summation that anyone uses comes near this bound, while a
 *          dropped term or half-precision inputs pass it by orders of magnitude. What is added to a large beta C is rounded
 *          alike at every step (../rounding.ts). Where every partial sum is exact in any order (../exact.ts), as on integer inputs and on
 *          canaries, the bound is 0; integers times an alpha of too many bits are off by (K + 8) u |alpha| |A||B| at most.
 * Work     2 M N K flop; compute bound from about 64 up.
 * Source   Dongarra et al. 1990, level 3 BLAS; Higham 2002, chapter 3, for the error of a sum.
 */
import { type Case, defineOp } from '../../src/contract/op.ts';
import type { Rng } from '../../src/contract/random.ts';
import { anySize, beside, oneOf } from '../draws.ts';
import { canaries, ExactSums, gridOf, isExact, oddPart, productGrid } from '../exact.ts';
import { roundingOf } from '../rounding.ts';

const dims = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'] as const;
type Dim = (typeof dims)[number];
type SgemmCase = Case<Dim, 'alpha' | 'beta'>;

const forms = ['NN', 'NT', 'TN', 'TT'] as const;

interface Options {
  form?: (typeof forms)[number];
  /** Added to each leading dimension. */
  pad?: number;
  /** Added to lda, ldb and ldc. */
  pads?: readonly number[];
  alpha?: number;
  beta?: number;
  extra?: boolean;
}

function gemm(M: number, N: number, K: number, options: Options = {}): SgemmCase {
  const { form = 'NN', pad = 0, pads = [pad, pad, pad], alpha = 1, beta = 0, extra = false } = options;
  const transA = form[0] === 'T' ? 1 : 0;
  const transB = form[1] === 'T' ? 1 : 0;
  const lda = (transA ? M : K) + pads[0];
  const ldb = (transB ? K : N) + pads[1];
  return { dims: { M, N, K, lda, ldb, ldc: N + pads[2], transA, transB }, scalars: { alpha, beta }, extra };
}

/** The matmuls of training: (B*T, OC, C) forward, and the two products of the backward pass. */
const training = [
  [256, 384, 128],
  [256, 128, 512],
  [512, 128, 256],
] as const;

const cases: SgemmCase[] = [
  ...[64, 128, 256, 512].map((n) => gemm(n, n, n)),
  ...training.flatMap(([M, N, K]) => forms.slice(0, 3).map((form) => gemm(M, N, K, { form }))),
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

/** Half of the time the plainest, which most kernels have a path for. */
const drawForm = (rng: Rng): Options => {
  if (rng.bits() & 1) return {};
  const scalars = rng.int(0, 2) === 0 ? { alpha: rng.int(-6, 12) / 4, beta: rng.int(-6, 12) / 4 } : {};
  return { form: oneOf(rng, forms), pad: rng.int(0, 1) * rng.int(1, 13), ...scalars };
};

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
  sizeClasses: ['small', 'small', 'small', 'long M', 'long N', 'long K', 'two long', 'all long', 'beside a timed one'],
  drawCase(rng, sizeClass) {
    const small = () => 1 + Math.floor(140 * rng.unit() ** 2);
    const long = anySize(rng, 1025, 3000);
    const [a, b, c] = Array.from({ length: 3 }, () => anySize(rng, 141, 600));
    switch (sizeClass) {
      case 'long M':
        return gemm(long, rng.int(1, 50), rng.int(1, 50), drawForm(rng));
      case 'long N':
        return gemm(rng.int(1, 50), long, rng.int(1, 50), drawForm(rng));
      case 'long K':
        return gemm(rng.int(1, 50), rng.int(1, 50), long, drawForm(rng));
      case 'two long': {
        const [M, N, K] = oneOf(rng, [
          [small(), b, c],
          [a, small(), c],
          [a, b, small()],
        ]);
        return gemm(M, N, K, drawForm(rng));
      }
      case 'all long':
        return gemm(a, b, c, drawForm(rng));
      case 'beside a timed one': {
        const { M, N, K } = oneOf(
          rng,
          cases.filter(({ extra }) => !extra),
        ).dims;
        return gemm(beside(rng, M), beside(rng, N), beside(rng, K), drawForm(rng));
      }
      default:
        return gemm(small(), small(), small(), drawForm(rng));
    }
  },
  vary({ dims: { M, N, K } }, rng) {
    const pad = () => rng.int(1, 13);
    const pads = [
      [pad(), 0, 0],
      [0, pad(), 0],
      [0, 0, pad()],
      [pad(), pad(), pad()],
    ];
    const quarters = () => (rng.bits() & 1 ? 1 : -1) * (rng.int(5, 12) / 4);
    const power = () => (rng.bits() & 1 ? 1 : -1) * 2 ** rng.int(-30, 30);
    const alphas = [1, quarters(), power(), oneOf(rng, [-1, 0, 0.5, rng.normal()])];
    const betas = [0, 1, quarters(), oneOf(rng, [-1, power(), rng.normal()])];
    // Each form, padding and scalar once; what meets what is drawn.
    const [p, a, b] = [rng.int(0, 3), rng.int(0, 3), rng.int(0, 3)];
    return forms.map((form, i) =>
      gemm(M, N, K, { form, pads: pads[(i + p) % 4], alpha: alphas[(i + a) % 4], beta: betas[(i + b) % 4] }),
    );
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
    if (distribution === 'integers') drawIntegers(d, scalars, { A, B, C }, rng);
    else {
      const draw = elementDraw(distribution, rng);
      for (const X of [A, B, C]) for (let i = 0; i < X.length; i++) X[i] = draw();
    }
    if (hidden && distribution === 'normal') {
      const sums = new ExactSums(d.K, rng, 2 ** -19);
      for (const i of canaries(d.M, rng)) putLine(d, { A, B }, sums, 0, i);
      for (const j of canaries(d.N, rng)) putLine(d, { A, B }, sums, 1, j);
    }
    if (scalars.beta === 0) {
      for (let i = 0; i < d.M; i++) C.fill(Number.NaN, i * d.ldc, i * d.ldc + d.N);
    }
  },
  bounds({ dims: d, scalars: { alpha, beta }, distribution, inputs, truths }) {
    const alike = distribution === 'integers';
    const { scale } = truths.C as { scale: Float64Array };
    const [[aRow, aCol], [bRow, bCol]] = strides(d);
    const product = productGrid(
      d.K,
      { X: inputs.A as Float32Array, count: d.M, step: aRow, stride: aCol },
      { X: inputs.B as Float32Array, count: d.N, step: bCol, stride: bRow },
    );
    const bounds = new Float64Array(scale.length);
    for (let i = 0; i < d.M; i++) {
      for (let at = i * d.ldc, j = 0; j < d.N; j++, at++) {
        // C holds NaN where it is not read.
        const held = beta === 0 ? 0 : inputs.C[at];
        const before = Math.abs(beta * held);
        const grid = Math.min(product(i, j) + gridOf(alpha), gridOf(beta) + gridOf(held));
        bounds[at] = isExact(scale[at], grid) ? 0 : roundingOf(d.K, scale[at] - before, before, alike);
      }
    }
    return { C: bounds };
  },
});

/** Of op(A) by row and column, and of op(B). */
function strides(d: SgemmCase['dims']): readonly (readonly [row: number, col: number])[] {
  return [d.transA ? [1, d.lda] : [d.lda, 1], d.transB ? [1, d.ldb] : [d.ldb, 1]];
}

type Factors = Readonly<Record<'A' | 'B', Float32Array>>;

/** Row i of op(A), or column j of op(B). */
function putLine(d: SgemmCase['dims'], { A, B }: Factors, sums: ExactSums, side: 0 | 1, line: number): void {
  const [[aRow, aCol], [bRow, bCol]] = strides(d);
  const [X, step, stride] = side === 0 ? [A, aRow, aCol] : [B, bCol, bRow];
  sums.draw(side, (k, value) => {
    X[line * step + k * stride] = value;
  });
}

/**
 * Integers whose sums are exact, times a power of two; alpha and beta take room for their own bits. C is as large as what is added to it,
 * however small alpha is beside beta.
 */
function drawIntegers(
  d: SgemmCase['dims'],
  { alpha, beta }: SgemmCase['scalars'],
  { A, B, C }: Factors & { readonly C: Float32Array },
  rng: Rng,
): void {
  for (const X of [A, B, C]) X.fill(7);
  const room = 2 ** (beta === 0 ? 24 : 23);
  const unit = 2 ** rng.int(-19, 0);
  const sums = new ExactSums(d.K, rng, unit, room / Math.max(1, oddPart(alpha)));
  for (let i = 0; i < d.M; i++) putLine(d, { A, B }, sums, 0, i);
  for (let j = 0; j < d.N; j++) putLine(d, { A, B }, sums, 1, j);
  if (beta === 0) return;
  const most = Math.floor(room / oddPart(beta));
  const grid = alpha === 0 ? 1 : unit * 2 ** (gridOf(alpha) - gridOf(beta));
  for (let i = 0; i < C.length; i++) C[i] = grid * rng.int(-most, most);
}

/** One of the continuous distributions. */
function elementDraw(distribution: string, rng: Rng): () => number {
  switch (distribution) {
    case 'normal':
      return () => rng.normal();
    case 'uniform':
      return () => 2 * rng.unit() - 1;
    case 'unit':
      return () => rng.unit();
    case 'laplace':
      return () => Math.log(1 - rng.unit()) * (rng.bits() & 1 ? 1 : -1);
    case 'lognormal':
      return () => Math.exp(rng.normal());
    default:
      throw new Error(`sgemm has no distribution '${distribution}'`);
  }
}
