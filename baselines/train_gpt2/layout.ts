/** The flat parameter array of a GPT-2: which tensor lies where. Names, order and shapes are llm.c's, without vocabulary padding. */
import type { Part } from '../../src/contract/op.ts';

export interface GptDims {
  readonly T: number;
  readonly L: number;
  readonly C: number;
  readonly V: number;
}

/** Parts in order; each per-layer tensor holds its L layers one after another. */
export function parameterParts({ T, L, C, V }: GptDims): readonly Part[] {
  const lengths: [string, number][] = [
    ['wte', V * C],
    ['wpe', T * C],
    ['ln1w', L * C],
    ['ln1b', L * C],
    ['qkvw', L * 3 * C * C],
    ['qkvb', L * 3 * C],
    ['attprojw', L * C * C],
    ['attprojb', L * C],
    ['ln2w', L * C],
    ['ln2b', L * C],
    ['fcw', L * 4 * C * C],
    ['fcb', L * 4 * C],
    ['fcprojw', L * C * 4 * C],
    ['fcprojb', L * C],
    ['lnfw', C],
    ['lnfb', C],
  ];
  let offset = 0;
  return lengths.map(([name, length]) => {
    const part = { name, offset, length };
    offset += length;
    return part;
  });
}

export function parameterCount(dims: GptDims): number {
  return parameterParts(dims).reduce((sum, part) => sum + part.length, 0);
}
