/** attention_backward in f64, head by head from the definition; `scale` is the propagated error of op.ts in units of u. */
import type { DimsOf, TensorsOf } from '../../src/contract/op.ts';
import type { Oracle } from '../../src/contract/oracle.ts';
import type op from './op.ts';

type Op = typeof op;

export default {
  truths({ B, T, C, NH }: DimsOf<Op>, _scalars, inputs: TensorsOf<Op>) {
    const hs = C / NH;
    const [inp, dout, att] = [inputs.inp, inputs.dout, inputs.att].map((x) => Float64Array.from(x));
    const want = Float64Array.from(inputs.dinp);
    const scale = new Float64Array(want.length);

    /** want[at..] += by x[from..], one of n terms, where `by` may be off by `error`. */
    function add(at: number, by: number, error: number, x: Float64Array, from: number, n: number): void {
      const off = error + Math.abs(by) * ofSum(n);
      for (let i = 0; i < hs; i++) {
        want[at + i] += by * x[from + i];
        scale[at + i] += off * Math.abs(x[from + i]);
      }
    }

    for (let b = 0; b < B; b++) {
      for (let h = 0; h < NH; h++) {
        const place = (t: number, part: number) => ((b * T + t) * 3 + part) * C + h * hs;
        for (let t = 0; t < T; t++) {
          const row = ((b * NH + h) * T + t) * T;
          const douts = (b * T + t) * C + h * hs;
          // What was there before is one more term of each of the three sums.
          for (const [part, n] of [t + 1, T - t, T - t].entries()) {
            const at = place(t, part);
            for (let i = 0; i < hs; i++) scale[at + i] += ofSum(n) * Math.abs(inputs.dinp[at + i]);
          }
          const values = Array.from({ length: t + 1 }, (_, t2) => place(t2, 2));
          const { dpre, ddpre } = softmaxBackward(att.subarray(row, row + t + 1), dout, douts, inp, values, hs);
          for (let t2 = 0; t2 <= t; t2++) {
            add(place(t, 0), dpre[t2], ddpre[t2], inp, place(t2, 1), t + 1);
            add(place(t2, 1), dpre[t2], ddpre[t2], inp, place(t, 0), T - t2);
            add(place(t2, 2), att[row + t2], 0, dout, douts, T - t2);
          }
        }
      }
    }
    return { dinp: { want, scale } };
  },
} satisfies Oracle<Op>;

/** The error of a sum of n terms, as a share of the sum of their absolute values. */
const ofSum = (n: number) => n / 2 + 8;

/** The gradients of one row of scores, and how far they may be off; `at` and `values` say where in dout and inp it starts. */
function softmaxBackward(
  p: Float64Array,
  dout: Float64Array,
  at: number,
  inp: Float64Array,
  values: readonly number[],
  hs: number,
) {
  const n = p.length;
  const root = Math.sqrt(hs);
  const datt = new Float64Array(n);
  const ddatt = new Float64Array(n);
  let dot = 0;
  let ddot = 0;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < hs; i++) {
      const product = dout[at + i] * inp[values[j] + i];
      datt[j] += product;
      ddatt[j] += Math.abs(product);
    }
    ddatt[j] *= 2 * root + 8;
    dot += p[j] * datt[j];
    ddot += p[j] * (ddatt[j] + ofSum(n) * Math.abs(datt[j]));
  }
  const dpre = p.map((pj, j) => (pj * (datt[j] - dot)) / root);
  const ddpre = p.map((pj, j) => (pj * (ddatt[j] + ddot + 4 * (Math.abs(datt[j]) + Math.abs(dot)))) / root);
  return { dpre, ddpre };
}
