/** The suites: which ops' cases make a headline number, and which libraries are timed beside them. */
export interface Suite {
  readonly name: string;
  readonly ops: readonly string[];
  /** Modules of bench/peers. */
  readonly peers: readonly string[];
  /** As slow as the baseline, or slow to load: no run waits for them that does not name them. */
  readonly slowPeers: readonly string[];
  /** Candidates that are steps on the way to others, or say the same in another language: timed only where selectors are given, for the same reason. */
  readonly intermediates: readonly string[];
  /** Whether its mean is the one that the essay reports. */
  readonly showsEssayResults: boolean;
  /** Whether `nfold bench` without a selector runs it; the others are asked for by name. */
  readonly inDefaultRun: boolean;
}

/** Every kernel of a training step, in the order of the step, forward and then backward. */
const lmOps = [
  'encoder_forward',
  'layernorm_forward',
  'matmul_forward',
  'attention_forward',
  'residual_forward',
  'gelu_forward',
  'crossentropy_softmax_forward',
  'crossentropy_softmax_backward',
  'gelu_backward',
  'residual_backward',
  'attention_backward',
  'matmul_backward',
  'layernorm_backward',
  'encoder_backward',
  'adamw',
];

/** In the order in which results are shown. The cases are the op's, without those marked `extra`. */
export const suites: readonly Suite[] = [
  {
    name: 'train_gpt2',
    ops: ['train_gpt2'],
    peers: [],
    slowPeers: ['plain-c', 'plain-c-openmp', 'jax-js', 'tfjs-backend-wasm', 'tfjs-node'],
    intermediates: [
      'train_gpt2/tiled-ts',
      'train_gpt2/simd-3x8-wasmsimd',
      'train_gpt2/fused-one-6x8-wasmrelaxedsimd',
      'train_gpt2/fused-6x8-wasmrelaxedsimd',
      'train_gpt2/fused-6x16-wasmrelaxedsimd',
    ],
    showsEssayResults: true,
    inDefaultRun: true,
  },
  {
    name: 'sgemm',
    ops: ['sgemm'],
    peers: ['onnxruntime-node', 'tfjs-node'],
    slowPeers: ['plain-c', 'plain-c-openmp', 'jax-js', 'tfjs-backend-wasm'],
    intermediates: [
      'sgemm/ikj-ts',
      'sgemm/tile2x3-ts',
      'sgemm/ikj-wasmsimd',
      'sgemm/direct-4x8-wasmsimd',
      'sgemm/tile4x8-wasmsimd',
      'sgemm/packed-6x16-wasmrelaxedsimd',
      'sgemm/fma-6x8-wasmrelaxedsimd',
      'sgemm/threads-6x8-wasmrelaxedsimd',
      'sgemm/wide-6x16-wasmrelaxedsimd',
      'sgemm/blocked-6x8-wasmrelaxedsimd',
    ],
    showsEssayResults: false,
    inDefaultRun: true,
  },
  {
    name: 'lm_ops',
    ops: lmOps,
    peers: [],
    slowPeers: ['plain-c', 'plain-c-openmp'],
    intermediates: [],
    showsEssayResults: false,
    inDefaultRun: false,
  },
];

/** The suites, and for each op that is in none of them a suite of its own, so that the folder of an op is enough to run it. */
export function suitesOf(ops: readonly string[]): readonly Suite[] {
  const own = ops.filter((op) => !suites.some((suite) => suite.ops.includes(op)));
  const alone = { peers: [], slowPeers: [], intermediates: [], showsEssayResults: false, inDefaultRun: false };
  return [...suites, ...own.map((op) => ({ name: op, ops: [op], ...alone }))];
}

/** Speedups that the essay and its sources report for "a CPU-only small language model training implementation". */
export const essayResults: readonly { readonly multiple: number; readonly what: string }[] = [
  { multiple: 52, what: 'Mythos Preview, Apr 2026' },
  { multiple: 30, what: 'Claude Opus 4.6, Feb 2026 (34x in its system card)' },
  { multiple: 16.5, what: 'Claude Opus 4.5, Nov 2025' },
  { multiple: 4, what: 'a human researcher, 4 to 8 hours' },
  { multiple: 2.9, what: 'Claude Opus 4, May 2025' },
];
