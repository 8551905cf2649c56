/** The models that the growth of cost is measured at. Pure. */
import { type Model, models } from '../../baselines/models.ts';
import op from '../../baselines/train_gpt2/op.ts';

const gpt = (B: number, T: number, L: number, C: number, NH: number, V = 256): Model => ({ B, T, L, C, NH, V });

export const nameOf = (dims: Model): string => op.caseName({ dims, scalars: op.cases[0].scalars });

/** Heads of 32. */
export const byC: readonly Model[] = [64, 96, 128, 192, 256, 384, 512, 768].map((C) => gpt(4, 64, 2, C, C / 32));

/** 256 tokens, and from T = 512 on one sequence of more. */
export const byT: readonly Model[] = [32, 64, 128, 256, 512, 1024].map((T) => gpt(Math.max(1, 256 / T), T, 2, 128, 4));

export const suite: readonly Model[] = models;

/** One beside each model of the suite, of nearly its flop, and then further away from all of them. */
export const unseen: readonly Model[] = [
  gpt(3, 29, 2, 72, 9, 259),
  gpt(5, 49, 4, 132, 4, 300),
  gpt(3, 87, 2, 250, 5, 311),
  gpt(1, 257, 4, 126, 2),
  gpt(7, 71, 3, 189, 7, 401),
  gpt(1, 65, 6, 64, 8, 257),
  gpt(3, 37, 3, 120, 5, 300),
  gpt(5, 51, 1, 200, 8, 1000),
  gpt(2, 100, 12, 88, 11, 777),
  gpt(3, 129, 2, 256, 4, 50257),
];

/** GPT-2 of 124M parameters, in the sizes of llm.c. */
export const large: readonly Model[] = [gpt(1, 64, 12, 768, 12, 50257)];

/** Of these models, the one whose flop are nearest to this one's, as a factor. */
export function likeSize(dims: Model, among: readonly Model[] = suite): Model {
  const away = (other: Model) => Math.abs(Math.log(op.flop(other) / op.flop(dims)));
  return among.reduce((nearest, other) => (away(other) < away(nearest) ? other : nearest));
}
