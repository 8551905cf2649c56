/**
 * A trained model writes text byte by byte: p(next) ~ exp(logits / temperature), with the logits of the last position.
 *
 * Shapes   B = 1, and at most T positions. A new byte computes only its own row: the rows before it stand, since attention looks back
 *          only. When the T positions are full, the last T/2 bytes start a new window.
 * Numerics the baseline's kernels run on slices of their rows: the same bits as its forward pass over the whole window.
 */
import { setImmediate } from 'node:timers/promises';
import { attention_forward } from '../../baselines/attention_forward/baseline.ts';
import { encoder_forward } from '../../baselines/encoder_forward/baseline.ts';
import { gelu_forward } from '../../baselines/gelu_forward/baseline.ts';
import { layernorm_forward } from '../../baselines/layernorm_forward/baseline.ts';
import { matmul_forward } from '../../baselines/matmul_forward/baseline.ts';
import { residual_forward } from '../../baselines/residual_forward/baseline.ts';
import { activations, point_parameters } from '../../baselines/train_gpt2/memory.ts';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf } from '../contract/op.ts';
import { makeRng, type Seed } from '../contract/rng.ts';

type Dims = DimsOf<typeof op>;

export const temperature = 0.8;

export interface Model {
  readonly dims: Dims;
  readonly parameters: Float32Array;
}

/** Returns the prompt and up to `bytes` bytes that follow it, fewer if aborted. */
export async function generate(
  model: Model,
  { prompt, bytes, seed }: { readonly prompt: Uint8Array; readonly bytes: number; readonly seed: Seed },
  onByte: (done: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { T } = model.dims;
  const forward = makeForward(model);
  const rng = makeRng(seed);
  const text = new Uint8Array(prompt.length + bytes);
  text.set(prompt);
  const half = Math.max(1, T >> 1);
  let start = 0;
  let rows = 0;
  for (let length = prompt.length; length < text.length; length++) {
    if (length - start > T) [start, rows] = [length - half, 0];
    const logits = forward(text.subarray(start, length), rows);
    rows = length - start;
    text[length] = draw(logits, rng.unit());
    onByte(length + 1 - prompt.length);
    // Ctrl-C arrives between macrotasks.
    await setImmediate();
    if (signal.aborted) return text.subarray(0, length + 1);
  }
  return text;
}

/** Returns a function from a text to the logits (V) of its last position. Its call before had the same first `known` bytes. */
export function makeForward({ dims: full, parameters }: Model): (text: Uint8Array, known: number) => Float32Array {
  const dims = { ...full, B: 1 };
  const { L, C, NH, V } = dims;
  const params = point_parameters(dims, parameters);
  const acts = activations(dims, (length) => new Float32Array(length));
  const { wte, wpe, lnfw, lnfb } = params.whole;
  return (text, known) => {
    const end = text.length;
    const n = end - known;
    const rows = (array: Float32Array, width: number) => array.subarray(known * width, end * width);
    const tokens = Int32Array.from(text.subarray(known));
    encoder_forward(rows(acts.encoded, C), tokens, wte, rows(wpe, C), 1, n, C);
    let residual = rows(acts.encoded, C);
    for (let l = 0; l < L; l++) {
      const w = params.layers[l];
      const a = acts.layers[l];
      const [ln1, atty, attproj, residual2] = [a.ln1, a.atty, a.attproj, a.residual2].map((array) => rows(array, C));
      const [ln2, fcproj, residual3] = [a.ln2, a.fcproj, a.residual3].map((array) => rows(array, C));
      const [fch, fch_gelu] = [a.fch, a.fch_gelu].map((array) => rows(array, 4 * C));
      layernorm_forward(ln1, rows(a.ln1_mean, 1), rows(a.ln1_rstd, 1), residual, w.ln1w, w.ln1b, 1, n, C);
      matmul_forward(rows(a.qkv, 3 * C), ln1, w.qkvw, w.qkvb, 1, n, C, 3 * C);
      // All positions, since a query needs the keys and values before it.
      attention_forward(a.atty, a.att, a.qkv, 1, end, C, NH);
      matmul_forward(attproj, atty, w.attprojw, w.attprojb, 1, n, C, C);
      residual_forward(residual2, residual, attproj, n * C);
      layernorm_forward(ln2, rows(a.ln2_mean, 1), rows(a.ln2_rstd, 1), residual2, w.ln2w, w.ln2b, 1, n, C);
      matmul_forward(fch, ln2, w.fcw, w.fcb, 1, n, C, 4 * C);
      gelu_forward(fch_gelu, fch, n * 4 * C);
      matmul_forward(fcproj, fch_gelu, w.fcprojw, w.fcprojb, 1, n, 4 * C, C);
      residual_forward(residual3, residual2, fcproj, n * C);
      residual = residual3;
    }
    layernorm_forward(rows(acts.lnf, C), rows(acts.lnf_mean, 1), rows(acts.lnf_rstd, 1), residual, lnfw, lnfb, 1, n, C);
    matmul_forward(acts.logits, acts.lnf.subarray((end - 1) * C), wte, null, 1, 1, C, V);
    return acts.logits.subarray(0, V);
  };
}

/** The index at which the running sum of p passes u, u in [0, 1). */
function draw(logits: Float32Array, u: number): number {
  const max = logits.reduce((a, b) => Math.max(a, b));
  const weights = Array.from(logits, (logit) => Math.exp((logit - max) / temperature));
  let rest = u * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return i;
  }
  return weights.length - 1;
}

/** Replaces bytes that are not UTF-8, and control characters, by U+FFFD. */
export function readable(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
