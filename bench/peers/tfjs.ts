/** What tfjs does under every backend: tf.matMul on tensors that are already in the library's own memory. */

import type { TypedArray } from '../../src/contract/op.ts';
import type { BoundPeer } from '../../src/contract/peer.ts';

type Dims = Readonly<Record<string, number>>;
type Tensors = Readonly<Record<string, TypedArray>>;

interface Tensor {
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

/** The few functions of tfjs-core that are called; both packages have them. */
export interface Tf {
  tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor;
}

/** Timed cases only: tf.matMul knows neither strides nor alpha and beta. */
export function bindSgemm(tf: Tf, d: Dims, { A, B, C }: Tensors): BoundPeer {
  let a: Tensor | null = null;
  let b: Tensor | null = null;
  let c: Tensor | null = null;
  return {
    load() {
      for (const tensor of [a, b, c]) tensor?.dispose();
      // Copies: the library must not see the shared arena.
      a = tf.tensor2d(Float32Array.from(A), d.transA ? [d.K, d.M] : [d.M, d.K]);
      b = tf.tensor2d(Float32Array.from(B), d.transB ? [d.N, d.K] : [d.K, d.N]);
      c = null;
    },
    run() {
      c = tf.matMul(a as Tensor, b as Tensor, d.transA === 1, d.transB === 1);
    },
    store() {
      C.set((c as Tensor).dataSync());
    },
  };
}
