/**
 * The step in f32, by the WebAssembly of ./reference.ts on one thread: some twenty times as fast as the oracle, so that every timed step can
 * be compared with it, element by element. It is no candidate: it stays as it is when kernels change, like the baseline.
 *
 * Numerics f32, with or without fused multiply-adds, as relaxed SIMD has them on this machine.
 * Error    bounds.ts without a baseline. The reference is off by a third of that at most, as honest kernels are.
 */
import type { DimsOf, Part, ScalarsOf, Tensors, TensorsOf, TypedArray } from '../../src/contract/op.ts';
import { boundOfLoss, boundOfM, boundOfP, boundOfV, u, withCorrections } from './bounds.ts';
import { parameterParts } from './layout.ts';
import type op from './op.ts';
import { module } from './reference.ts';

type Op = typeof op;
type Dims = DimsOf<Op>;
type Scalars = ScalarsOf<Op>;
type Run = (...args: readonly number[]) => void;

const page = 65536;

interface Loaded {
  readonly memory: WebAssembly.Memory;
  readonly exports: Readonly<Record<'run' | 'scratchBytes', Run>>;
}
let loaded: Loaded | null = null;

function load(): Loaded {
  const memory = new WebAssembly.Memory({ initial: 2, maximum: page, shared: true });
  const bytes = Uint8Array.from(atob(module), (character) => character.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return { memory, exports: exports as unknown as Loaded['exports'] };
}

/** Address of the end of memory that an array takes from `at` on. */
const endOf = (at: number, bytes: number) => Math.ceil((at + bytes) / 64) * 64;

/** The largest difference between a step's outputs and the reference's, in units of its bound. Throws RangeError without memory for it. */
export function near(dims: Dims, scalars: Scalars, before: TensorsOf<Op>, after: Tensors): number {
  const want = step(dims, scalars, before);
  const worst = share(Math.abs(after.loss[0] - want.loss[0]), boundOfLoss(want.loss[0]));
  const parts = parameterParts(dims).map((part) =>
    worstIn(part, want as State, after as State, scalars, before.step[0]),
  );
  return Math.max(worst, ...parts);
}

type State = Readonly<Record<'params' | 'm' | 'v', Float32Array>>;

/** In one part of the parameters. */
function worstIn({ offset, length }: Part, want: State, after: State, scalars: Scalars, t: number): number {
  const [p, m, v] = [want.params, want.m, want.v];
  const [gotP, gotM, gotV] = [after.params, after.m, after.v];
  const { learning_rate } = scalars;
  const all = withCorrections(scalars, t);
  const end = offset + length;
  let largest = 0;
  for (let i = offset; i < end; i++) largest = Math.max(largest, Math.abs(m[i]));
  const dm = boundOfM(largest);
  let most = 0;
  let worst = 0;
  for (let i = offset; i < end; i++) {
    const offM = Math.abs(gotM[i] - m[i]);
    const offV = Math.abs(gotV[i] - v[i]);
    const offP = Math.abs(gotP[i] - p[i]);
    if (!(offM <= dm)) return Number.POSITIVE_INFINITY;
    if (offM > most) most = offM;
    // Most elements are within a part of their bounds that needs no root.
    if (offV <= 4 * u * v[i] && offP <= 4 * u * (Math.abs(p[i]) + learning_rate)) continue;
    const dv = boundOfV(v[i], dm, scalars);
    worst = Math.max(worst, share(offV, dv), share(offP, boundOfP({ p: p[i], m: m[i], v: v[i] }, dm, dv, all)));
  }
  return Math.max(worst, share(most, dm));
}

/** Infinity for an error that is no number. */
const share = (error: number, bound: number) =>
  error <= bound ? (bound > 0 ? error / bound : 0) : Number.POSITIVE_INFINITY;

/** Views on the outputs, which hold until the next step. */
function step(dims: Dims, scalars: Scalars, inputs: TensorsOf<Op>): Record<string, TypedArray> {
  loaded ??= load();
  const { memory, exports } = loaded;
  const { params, m, v, tokens, targets, step: number } = inputs;
  const tensors = { params, m, v, tokens, targets, step: number, loss: new Float32Array(1) };
  const { B, T, L, C, NH, V } = dims;
  const sizes = [B, T, L, C, NH, V];
  const places: number[] = [];
  let end = page;
  for (const { byteLength } of Object.values(tensors)) {
    places.push(end);
    end = endOf(end, byteLength);
  }
  const scratchBytes = Number(exports.scratchBytes(1, ...sizes));
  const missing = end + scratchBytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
  const views = Object.entries(tensors).map(([name, values], i) => {
    const view =
      values instanceof Float32Array
        ? new Float32Array(memory.buffer, places[i], values.length)
        : new Int32Array(memory.buffer, places[i], values.length);
    view.set(values);
    return [name, view] as const;
  });
  new Uint8Array(memory.buffer, end, 256).fill(0);
  const { learning_rate, beta1, beta2, eps, weight_decay } = scalars;
  exports.run(0, 1, ...places, ...sizes, learning_rate, beta1, beta2, eps, weight_decay, end);
  return Object.fromEntries(views);
}
