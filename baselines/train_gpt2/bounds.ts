/**
 * How far a training step may be from the truth. u = 2^-24; p, m, v are the true values after the step, t the step.
 *
 *   dm = 4 max(error of the baseline in m, 4 change of m when shaken, 16 u max |m|), one number a part
 *   dg = dm / (1 - beta1)                                      m' - beta1 m = (1 - beta1) g: m holds the gradient
 *   dv = 2 sqrt(v (1 - beta2)) dg + (1 - beta2) dg^2 + 4 u v   v' - beta2 v = (1 - beta2) g^2, and (1 - beta2) g^2 <= v
 *   dr = min(sqrt(dv / c2), dv / (c2 r))                       r = sqrt(v / c2), c2 = 1 - beta2^t
 *   dp = 4 u (|p| + lr) + lr min(2, (dm / c1 + |m| / c1 dr / (r + eps)) / (r + eps)),  c1 = 1 - beta1^t
 *   loss: 4 max(error of the baseline, 8 u |loss|)
 *
 * Only dm is measured; the rest is AdamW's own arithmetic. The baseline's sums happen to be in f64, which an honest f32
 * kernel can't be held to: hence the factor 4, and a floor that an honest f32 step reached two thirds of in 7000 draws of
 * the edges. Without a baseline the floor stands alone: at the timed shapes baseline and honest candidates err by 7 to 17 u.
 * With few tokens a gradient can nearly cancel where it flows back through a layernorm, and all parts before it lose digits: one of
 * 1 token and 4 channels was off by 340 u max |m|. So the oracle also says how far m moves when each parameter moves by u.
 * It holds for every t. As c2 tends to 1, taking 1 for it costs half of beta2^t: from step 10 / (1 - beta2) on, 10,000 at 0.999, that is
 * less than dm / r, 64 u and more of the largest update, and so a correction that is 1 there, or a table that ends, is honest rounding.
 * At step 1 with v = 0 the update is lr g / (|g| + eps), and rounding decides it where g is near 0: dp grows to
 * 2 lr there, and m still holds those gradients to dm. With scores and logits near 110 (`far`) one rounding moves a probability by
 * 110 u and more, and what all queries and keys have in common cancels in their gradients: floors are 64 times as high.
 */
import type { BoundContext, ScalarsOf } from '../../src/contract/op.ts';
import { type GptDims, parameterParts } from './layout.ts';
import type op from './op.ts';

export const u = 2 ** -24;

export function stepBounds(context: BoundContext<keyof GptDims>): Record<'params' | 'm' | 'v' | 'loss', Float64Array> {
  const { dims, truths, baseline, inputs } = context;
  const s = context.scalars as Given;
  const floor = context.distribution === 'far' ? 64 * u : u;
  const all = withCorrections(s, inputs.step[0]);
  const [p, m, v, loss] = [truths.params.want, truths.m.want, truths.v.want, truths.loss.want];
  const bounds = {
    params: new Float64Array(p.length),
    m: new Float64Array(p.length),
    v: new Float64Array(p.length),
    loss: Float64Array.of(boundOfLoss(loss[0], floor, off(loss, baseline?.loss, 0))),
  };
  for (const { offset, length } of parameterParts(dims)) {
    const end = offset + length;
    let error = 0;
    let largest = 0;
    for (let i = offset; i < end; i++) {
      error = Math.max(error, off(m, baseline?.m, i));
      for (const shaken of truths.m.shaken ?? []) error = Math.max(error, 4 * off(m, shaken, i));
      largest = Math.max(largest, Math.abs(m[i]));
    }
    const dm = boundOfM(largest, floor, error);
    for (let i = offset; i < end; i++) {
      const dv = boundOfV(v[i], dm, s);
      bounds.m[i] = dm;
      bounds.v[i] = dv;
      bounds.params[i] = boundOfP({ p: p[i], m: m[i], v: v[i] }, dm, dv, all);
    }
  }
  return bounds;
}

type Given = ScalarsOf<typeof op>;
type Corrected = Given & Readonly<Record<'c1' | 'c2', number>>;

/** With c1 and c2 of a step. */
export const withCorrections = (s: Given, step: number): Corrected => {
  return { ...s, c1: 1 - s.beta1 ** step, c2: 1 - s.beta2 ** step };
};

/** dm of a part, by the largest |m| in it. `error`: of the baseline. */
export const boundOfM = (largest: number, unit = u, error = 0): number => 4 * Math.max(error, 16 * unit * largest);

export const boundOfLoss = (loss: number, unit = u, error = 0): number =>
  4 * Math.max(error, 8 * unit * Math.abs(loss));

/** dv of one parameter. */
export function boundOfV(v: number, dm: number, { beta1, beta2 }: Given): number {
  const dg = dm / (1 - beta1);
  return 2 * Math.sqrt(v * (1 - beta2)) * dg + (1 - beta2) * dg * dg + 4 * u * v;
}

/** dp of one parameter. */
export function boundOfP(
  { p, m, v }: Readonly<Record<'p' | 'm' | 'v', number>>,
  dm: number,
  dv: number,
  { learning_rate, eps, c1, c2 }: Corrected,
): number {
  const r = Math.sqrt(v / c2);
  const dr = r > 0 ? Math.min(Math.sqrt(dv / c2), dv / (c2 * r)) : Math.sqrt(dv / c2);
  const update = (dm / c1 + ((Math.abs(m) / c1) * dr) / (r + eps)) / (r + eps);
  return 4 * u * (Math.abs(p) + learning_rate) + learning_rate * Math.min(2, update);
}

const off = (want: Float64Array, got: ArrayLike<number> | undefined, i: number) =>
  got === undefined ? 0 : Math.abs(got[i] - want[i]);
