/**
 * matmul_backward in f64: three sums, each with |before| + the sum of its absolute terms beside it, the scale of its
 * rounding error.
 */
import type { DimsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/random.ts';
import { gridOf } from '../exact.ts';
import { walk } from '../rounding.ts';
import { sketch } from '../sketch.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C, OC }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const [dout, inp, weight] = [inputs.dout, inputs.inp, inputs.weight].map((x) => Float64Array.from(x));
    const [dinp, dweight, dbias] = [inputs.dinp, inputs.dweight, inputs.dbias].map(started);
    for (let r = 0; r < B * T; r++) {
      for (let o = 0; o < OC; o++) {
        const d = dout[r * OC + o];
        dbias.want[o] += d;
        dbias.scale[o] += Math.abs(d);
        addScaled(dinp, r * C, d, weight, o * C, C);
        addScaled(dweight, o * C, d, inp, r * C, C);
      }
    }
    return { dinp, dweight, dbias };
  },

  /** See ../sketch.ts; dbias in full. */
  sketch({ B, T, C, OC }: DimsOf<Op>, _scalars, before: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const R = B * T;
    const sums = started(before.dbias);
    for (let at = 0; at < before.dout.length; at++) {
      sums.want[at % OC] += before.dout[at];
      sums.scale[at % OC] += Math.abs(before.dout[at]);
    }
    const product = (name: 'dinp' | 'dweight', M: number, K: number, rows: Float64Array, columns: Float64Array) => ({
      ...{ M, N: C, K, rows, columns, alpha: 1 },
      before: (i: number, j: number) => before[name][i * C + j],
      gridBefore: (i: number, j: number) => gridOf(before[name][i * C + j]),
      got: (i: number, j: number) => after[name][i * C + j],
    });
    const rows = Float64Array.from(before.dout);
    return Math.max(
      sketch(product('dinp', R, OC, rows, transposed(before.weight, OC, C)), rng),
      sketch(product('dweight', OC, R, transposed(before.dout, R, OC), transposed(before.inp, R, C)), rng),
      worstOf(after.dbias, sums, walk(R)),
    );
  },
} satisfies Oracle<Op>;

/** A sum in the making, and the sum of the absolute values of its terms; one for each element. */
interface Sums {
  readonly want: Float64Array;
  readonly scale: Float64Array;
}

function started(before: ArrayLike<number>): Sums {
  const want = Float64Array.from(before);
  return { want, scale: want.map(Math.abs) };
}

/** want[at + i] += d row[from + i],  i < n */
function addScaled({ want, scale }: Sums, at: number, d: number, row: Float64Array, from: number, n: number): void {
  for (let i = 0; i < n; i++) {
    const term = d * row[from + i];
    want[at + i] += term;
    scale[at + i] += Math.abs(term);
  }
}

/** X (rows, columns), column by column. */
function transposed(X: Float32Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(X.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = X[r * columns + c];
  return out;
}

/** The largest |got - want| / (share scale). A NaN gets in, and once in it stays. */
function worstOf(got: ArrayLike<number>, { want, scale }: Sums, share: number): number {
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const error = got[i] === want[i] ? 0 : Math.abs(got[i] - want[i]) / (share * scale[i]);
    if (!(error <= worst) && !Number.isNaN(worst)) worst = error;
  }
  return worst;
}
