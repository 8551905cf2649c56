/** The small GPT-2s that the `train_gpt2` suite trains, and that the cases of every op in a step are taken from. */
export interface Model {
  readonly B: number;
  readonly T: number;
  readonly L: number;
  readonly C: number;
  readonly NH: number;
  readonly V: number;
}

const gpt = (B: number, T: number, L: number, C: number, NH: number): Model => ({ B, T, L, C, NH, V: 256 });

export const models: readonly Model[] = [
  gpt(4, 32, 2, 64, 4),
  gpt(4, 64, 4, 128, 4),
  gpt(4, 64, 2, 256, 4),
  gpt(2, 128, 4, 128, 4),
  gpt(8, 64, 3, 192, 6),
];
