/** The parameters of train_gpt2 as a library takes them: each a tensor of its own, each layer's apart. */
import { parameterParts } from '../../baselines/train_gpt2/layout.ts';
import type op from '../../baselines/train_gpt2/op.ts';
import type { DimsOf } from '../../src/contract/op.ts';

type Dims = DimsOf<typeof op>;

/** A tensor of the model and where it lies in the flat array. */
export interface Piece {
  /** `wte`, or `qkvw 3` for that of a layer. */
  readonly key: string;
  readonly offset: number;
  readonly length: number;
  readonly shape: number[];
}

export function piecesOf(dims: Dims): Piece[] {
  return parameterParts(dims).flatMap(({ name, offset, length }) => {
    const shape = shapeOf(name, dims);
    if (/^(wte|wpe|lnf.)$/.test(name)) return [{ key: name, offset, length, shape }];
    const size = length / dims.L;
    return Array.from({ length: dims.L }, (_, l) => ({
      key: `${name} ${l}`,
      offset: offset + l * size,
      length: size,
      shape,
    }));
  });
}

function shapeOf(name: string, { T, C, V }: Dims): number[] {
  const shapes: Record<string, number[]> = {
    wte: [V, C],
    wpe: [T, C],
    qkvw: [3 * C, C],
    qkvb: [3 * C],
    attprojw: [C, C],
    fcw: [4 * C, C],
    fcb: [4 * C],
    fcprojw: [C, 4 * C],
  };
  return shapes[name] ?? [C];
}
