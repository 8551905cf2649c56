/**
 * What a training step of the baseline keeps: its parameters by layer, its activations, and the gradients of those.
 *
 * Shapes   B T C V L NH as in llm.c; a layer's tensors are arrays of their own. The gradient of ln1_mean and its like
 *          is never formed; that of att takes one row.
 */
import type { DimsOf } from '../../src/contract/op.ts';
import { parameterParts } from './layout.ts';
import type op from './op.ts';

type Dims = DimsOf<typeof op>;
type Allocate = (length: number) => Float32Array;
type Views = Record<string, Float32Array>;

export interface Parameters {
  /** The tensors without a layer: wte, wpe, lnfw, lnfb. */
  readonly whole: Views;
  readonly layers: readonly Views[];
}

export function point_parameters(dims: Dims, memory: Float32Array): Parameters {
  const whole: Views = {};
  const layers: Views[] = Array.from({ length: dims.L }, () => ({}));
  for (const { name, offset, length } of parameterParts(dims)) {
    if (/^(wte|wpe|lnf.)$/.test(name)) {
      whole[name] = memory.subarray(offset, offset + length);
      continue;
    }
    const size = length / dims.L;
    for (let l = 0; l < dims.L; l++) layers[l][name] = memory.subarray(offset + l * size, offset + (l + 1) * size);
  }
  return { whole, layers };
}

export type Activations = ReturnType<typeof activations>;

export function activations({ B, T, L, C, NH, V }: Dims, f32: Allocate) {
  const BT = B * T;
  return {
    encoded: f32(BT * C),
    layers: Array.from({ length: L }, () => ({
      ln1: f32(BT * C),
      ln1_mean: f32(BT),
      ln1_rstd: f32(BT),
      qkv: f32(BT * 3 * C),
      att: f32(B * NH * T * T),
      atty: f32(BT * C),
      attproj: f32(BT * C),
      residual2: f32(BT * C),
      ln2: f32(BT * C),
      ln2_mean: f32(BT),
      ln2_rstd: f32(BT),
      fch: f32(BT * 4 * C),
      fch_gelu: f32(BT * 4 * C),
      fcproj: f32(BT * C),
      residual3: f32(BT * C),
    })),
    lnf: f32(BT * C),
    lnf_mean: f32(BT),
    lnf_rstd: f32(BT),
    logits: f32(BT * V),
    probs: f32(BT * V),
    losses: f32(BT),
  };
}

export type ActivationGradients = ReturnType<typeof activation_gradients>;

export function activation_gradients({ B, T, L, C, V }: Dims, f32: Allocate) {
  const BT = B * T;
  return {
    encoded: f32(BT * C),
    layers: Array.from({ length: L }, () => ({
      ln1: f32(BT * C),
      qkv: f32(BT * 3 * C),
      atty: f32(BT * C),
      attproj: f32(BT * C),
      residual2: f32(BT * C),
      ln2: f32(BT * C),
      fch: f32(BT * 4 * C),
      fch_gelu: f32(BT * 4 * C),
      fcproj: f32(BT * C),
      residual3: f32(BT * C),
    })),
    att_row: f32(T),
    lnf: f32(BT * C),
    logits: f32(BT * V),
    losses: f32(BT),
  };
}
