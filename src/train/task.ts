/**
 * The part of a run that does not depend on the kernel: a model, its first state, and a batch for every step.
 *
 * Shapes   a batch is B*T consecutive bytes of the text and, as targets, the B*T bytes that begin one later. The first 90 % of the text
 *          are for training, the last 10 % are held out.
 * Numerics the seed and the number of its step determine a batch, so that a resumed run takes the same ones.
 */
import type { Text } from '../catalog/text.ts';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case, TypedArray } from '../contract/op.ts';
import { makeRng } from '../contract/rng.ts';
import { compose } from '../judge/compose.ts';
import type { Image } from '../judge/image.ts';
import { deriveSeed } from '../judge/seed.ts';

export interface Task {
  readonly op: AnyOp;
  readonly case: Case;
  readonly seed: number;
  readonly train: Uint8Array;
  readonly heldOut: Uint8Array;
}

/** What the state is after `step` steps: the op's carried tensors, in its order. */
export interface State {
  readonly step: number;
  readonly tensors: readonly Float32Array[];
}

/** Throws NfoldError if the held-out tenth of the text is shorter than a batch. */
export function makeTask(op: AnyOp, c: Case, seed: number, { name, bytes }: Text): Task {
  const cut = Math.floor(0.9 * bytes.length);
  const task = { op, case: c, seed, train: bytes.subarray(0, cut), heldOut: bytes.subarray(cut) };
  const needed = spanOf(task) + 1;
  if (task.heldOut.length >= needed) return task;
  throw new NfoldError(
    `The last 10 % of the text ${name}, which are held out, are ${task.heldOut.length} bytes, and a batch of ` +
      `${op.caseName(c)} takes ${needed}: give a text of ${10 * needed} bytes or more.`,
  );
}

/** A fresh model: the op's own initialization. */
export function firstImage({ op, case: c, seed, train }: Task): Image {
  return compose({ op, case: c, distribution: 'init', text: train }, deriveSeed(seed, 'train', 'init'));
}

export function firstState(task: Task): State {
  const { tensors } = firstImage(task);
  return { step: 0, tensors: (task.op.carries ?? []).map((name) => tensors[name] as Float32Array) };
}

/** The batch that follows `step` steps. */
export function batchAfter(task: Task, step: number) {
  const rng = makeRng(deriveSeed(task.seed, 'train', 'batch', step));
  return batchAt(task, task.train, rng.int(0, task.train.length - spanOf(task) - 1));
}

/** Batches at even distances over the held-out text, the same at each call. */
export function heldOutBatches(task: Task, count: number) {
  const room = task.heldOut.length - spanOf(task) - 1;
  return Array.from({ length: count }, (_, i) =>
    batchAt(task, task.heldOut, Math.floor((room * i) / Math.max(1, count - 1))),
  );
}

const spanOf = ({ case: { dims } }: Pick<Task, 'case'>) => dims.B * dims.T;

function batchAt(task: Task, text: Uint8Array, start: number) {
  const end = start + spanOf(task);
  return {
    tokens: Int32Array.from(text.subarray(start, end)),
    targets: Int32Array.from(text.subarray(start + 1, end + 1)),
  };
}

/** A view, no copy. */
export function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
