/**
 * matmul_backward in f64: three sums, each with |before| + the sum of its absolute terms beside it, the scale of its
 * rounding error.
 */
import type { DimsOf, Tensors, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type { Rng } from '../../src/contract/rng.ts';
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

  /**
   * One random projection of each matrix, |p| in [1, 2) with random signs: |(dinp - before) p - dout (weight p)|, row by row, and dweight
   * likewise with inp; dbias in full. Honest errors of a row have mixed signs, so that C of them add up as sqrt(C): the
   * unit is the sum of their bounds / sqrt(C).
   * Source: Freivalds 1977.
   */
  sketch({ B, T, C, OC }: DimsOf<Op>, _scalars, before: TensorsOf<Op>, after: Tensors, rng: Rng) {
    const p = Float64Array.from({ length: C }, () => (rng.bits() & 1 ? 1 : -1) * (1 + rng.unit()));
    const dinp = projected(before.dinp, p);
    const dweight = projected(before.dweight, p);
    const dbias = started(before.dbias);
    const inp = projected(before.inp, p);
    const weight = projected(before.weight, p);
    for (let r = 0; r < B * T; r++) {
      for (let o = 0; o < OC; o++) {
        const d = before.dout[r * OC + o];
        dbias.want[o] += d;
        dbias.scale[o] += Math.abs(d);
        dinp.want[r] += d * weight.want[o];
        dinp.scale[r] += Math.abs(d) * weight.scale[o];
        dweight.want[o] += d * inp.want[r];
        dweight.scale[o] += Math.abs(d) * inp.scale[r];
      }
    }
    return Math.max(
      worstOf(projected(after.dinp, p).want, dinp, (2 * Math.sqrt(OC) + 8) / Math.sqrt(C)),
      worstOf(projected(after.dweight, p).want, dweight, (2 * Math.sqrt(B * T) + 8) / Math.sqrt(C)),
      worstOf(after.dbias, dbias, 2 * Math.sqrt(B * T) + 8),
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

/** X p, and |X| |p|, row by row; X (rows, length of p). */
function projected(X: ArrayLike<number>, p: Float64Array): Sums {
  const n = p.length;
  const rows = n === 0 ? 0 : X.length / n;
  const sums = { want: new Float64Array(rows), scale: new Float64Array(rows) };
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < n; i++) {
      sums.want[r] += X[r * n + i] * p[i];
      sums.scale[r] += Math.abs(X[r * n + i] * p[i]);
    }
  }
  return sums;
}

/** The largest |got - want| / (factor u scale). A NaN gets in, and once in it stays. */
function worstOf(got: ArrayLike<number>, { want, scale }: Sums, factor: number): number {
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    const error = got[i] === want[i] ? 0 : Math.abs(got[i] - want[i]) / (factor * 2 ** -24 * scale[i]);
    if (!(error <= worst) && !Number.isNaN(worst)) worst = error;
  }
  return worst;
}
