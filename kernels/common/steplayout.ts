/**
 * Where everything of a training step lies, in numbers that its code is then written with.
 *
 * Panels: a matrix of `rows` rows is kept as panels of 16 columns, each row of a panel 64 bytes, one line of a cache. One array then serves
 *
 *   as A, k along the columns   6 rows are 64 bytes apart, 16 steps of k lie behind one another
 *   as A, k along the rows      6 columns lie side by side, a step of k is 64 bytes
 *   as B, k along the rows      a step of k is one row of 64 bytes
 *   as C                        a tile of 6x16 is 384 bytes in a row
 *
 * so that no product packs an activation or its gradient. Columns that do not exist are zero. Panels lie an odd number of rows apart:
 * the lines of one row fall into different sets of a cache.
 */
import { get, i32, when } from './wat.ts';

export interface Model {
  readonly B: number;
  readonly T: number;
  readonly L: number;
  readonly C: number;
  readonly NH: number;
  readonly V: number;
}

/** What is kept in the first cache: panels of A (16 steps of k each) to a part of a product, rows to a part of an update; and how many panels of
 * packed weights six rows pass before the next six do. */
export type Blocking = Readonly<Record<'panels' | 'rows' | 'group', number>>;

/** A panel of packed weights fills three quarters of the first cache; one of dout and one of inp half of it each. */
export const blockingFor = ({ L1 }: { readonly L1: number }): Blocking => ({
  panels: Math.max(1, Math.floor((0.75 * L1) / 1024)),
  rows: roundUp(Math.max(1, Math.floor(L1 / 2 / 64)), 4),
  group: 4,
});

/** Values that a tuner may try. */
export const tunable = { panels: [8, 12, 16, 24, 36, 64], rows: [128, 256, 384, 512], group: [1, 2, 4, 8] };

export const panelsOf = (columns: number): number => Math.ceil(columns / 16);
export const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;

/** `body` of 16, or for the last panel of `columns`, which is number `$at`, of as many as it has. */
export function lastOf(at: string, columns: number, body: (extent: number) => string): string {
  const tail = columns % 16;
  if (tail === 0) return body(16);
  if (columns < 16) return body(tail);
  return when(`(i32.eq ${get(at)} ${i32(panelsOf(columns) - 1)})`, body(tail), body(16));
}

/** Hands out addresses, whole lines each. */
export function placing(start: number) {
  let at = start;
  const place = (bytes: number): number => {
    const from = at;
    at += roundUp(bytes, 64);
    return from;
  };
  return { place, end: () => at };
}

/**
 * A weight (O,I), row-major: from where it is read, and where it is packed for the forward and for the backward product. Those of a layer are packed
 * into one of two sets, `setBytes` apart, and lie there in either form.
 */
export interface Weight {
  readonly O: number;
  readonly I: number;
  /** Bytes from the start of params, of layer 0. */
  readonly at: number;
  /** The same of its bias, or null. */
  readonly bias: number | null;
  /** Packed: (I, 16) for each 16 of O, and (O, 16) for each 16 of I. */
  readonly forward: number;
  readonly backward: number;
}

export type Layout = ReturnType<typeof layoutOf>;

export function layoutOf({ B, T, L, C, NH, V }: Model, blocking: Blocking) {
  const R = B * T;
  const hs = C / NH;
  const stride = 64 * (R | 1);
  const array = (columns: number) => panelsOf(columns) * stride;
  const headStride = 64 * (roundUp(T, 16) | 1);
  const square = panelsOf(T) * headStride;
  const isAligned = hs % 16 === 0;

  // Parameters, in the order of baselines/train_gpt2/layout.ts.
  let params = 0;
  const part = (floats: number) => {
    const from = params;
    params += 4 * floats;
    return from;
  };
  const [wte, wpe, ln1w, ln1b] = [part(V * C), part(T * C), part(L * C), part(L * C)];
  const [qkvw, qkvb] = [part(L * 3 * C * C), part(L * 3 * C)];
  const [attprojw, attprojb] = [part(L * C * C), part(L * C)];
  const [ln2w, ln2b] = [part(L * C), part(L * C)];
  const [fcw, fcb] = [part(L * 4 * C * C), part(L * 4 * C)];
  const [fcprojw, fcprojb] = [part(L * 4 * C * C), part(L * C)];
  const [lnfw, lnfb] = [part(C), part(C)];

  // Shared by all threads. The first 256 bytes hold the barrier and the queues, and the two sets follow.
  const packedBytes = (O: number, I: number) => panelsOf(O) * panelsOf(I) * 1024;
  const set = placing(256);
  const ofLayers = (O: number, I: number, at: number, bias: number): Weight => {
    const packed = set.place(packedBytes(O, I));
    return { O, I, at, bias, forward: packed, backward: packed };
  };
  const [qkv, attproj] = [ofLayers(3 * C, C, qkvw, qkvb), ofLayers(C, C, attprojw, attprojb)];
  const [fc, fcproj] = [ofLayers(4 * C, C, fcw, fcb), ofLayers(C, 4 * C, fcprojw, fcprojb)];
  const setBytes = set.end() - 256;
  const shared = placing(set.end() + setBytes);
  const [forward, backward] = [shared.place(packedBytes(V, C)), shared.place(packedBytes(V, C))];
  const weights = { qkv, attproj, fc, fcproj, wte: { O: V, I: C, at: wte, bias: null, forward, backward } };
  const vector = 4 * roundUp(R, 16);
  const lnf = shared.place(array(C));
  const dlnf = shared.place(array(C));
  const logits = shared.place(array(V));
  const [losses, statsf] = [shared.place(vector), shared.place(2 * vector)];
  /** The newest token of each word of the vocabulary, and the one before each: chains from the first to the last. */
  const [heads, chain] = [shared.place(4 * V), shared.place(4 * R)];

  // A layer's activations; x of layer L is the output of the last.
  const layer = placing(0);
  const x = layer.place(array(C));
  const activations = {
    ...{ x, x2: layer.place(array(C)), ln1: layer.place(array(C)), ln2: layer.place(array(C)) },
    ...{ atty: layer.place(array(C)), qkv: layer.place(array(3 * C)), att: layer.place(B * NH * square) },
    /** Before GELU; afterwards its slope; and once that has been used, in its first panels, the gradient of x. */
    slope: layer.place(array(4 * C)),
    gelu: layer.place(array(4 * C)),
    ...{ stats1: layer.place(2 * vector), stats2: layer.place(2 * vector) },
  };
  const layers = shared.place(L * layer.end() + array(C));
  // Gradients of a layer's activations. Those that updates read have two places: threads come to the next layer while others still read them.
  const gradient = placing(0);
  const twice = {
    ...{ dln1: gradient.place(array(C)), dqkv: gradient.place(array(3 * C)) },
    ...{ dx2: gradient.place(array(C)), dln2: gradient.place(array(C)), dfch: gradient.place(array(4 * C)) },
  };
  const gradientsAt = shared.place(2 * gradient.end());
  /** Of what the last layer gives, and of what enters attproj. */
  const once = { dx: shared.place(array(C)), datty: shared.place(array(C)) };

  // Of each thread.
  const own = placing(0);
  const head = () => (isAligned ? 0 : own.place(panelsOf(hs) * headStride));
  const ownParts = {
    /** Constants of AdamW, and what rows are reduced to. */
    adamw: own.place(64),
    reduce: own.place(512),
    bias: own.place(64 * panelsOf(4 * C)),
    /** Sixteen rows of a weight's gradient, or one of wpe's. */
    dw: own.place(1024 * panelsOf(4 * C)),
    /** Sixteen rows of a head, turned for a product, or the last ones as they are, filled up with zeros. */
    turned: own.place(panelsOf(hs) * 1024),
    datt: own.place(square),
    dots: own.place(4 * roundUp(T, 16)),
    ...{ q: head(), k: head(), v: head(), o: head(), dq: head(), dk: head(), dv: head(), dout: head() },
  };
  return {
    /** Steps of k to a turn where k runs down the rows: they divide T. */
    steps: T % 4 === 0 ? 4 : T % 2 === 0 ? 2 : 1,
    blocking,
    ...{ B, T, L, C, NH, V, R, hs, stride, headStride, square, isAligned, vector },
    ...{ wpe, ln1w, ln1b, ln2w, ln2b, lnfw, lnfb, weights, setBytes, params },
    ...{ lnf, dlnf, logits, losses, statsf, heads, chain },
    ...{
      layers,
      layerBytes: layer.end(),
      activations,
      gradientsAt,
      gradientBytes: gradient.end(),
      gradients: { ...twice, ...once },
    },
    ...{ ownAt: roundUp(shared.end(), 128), ownBytes: roundUp(own.end(), 128), own: ownParts },
    array,
  };
}
