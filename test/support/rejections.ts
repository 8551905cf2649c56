/** What the tests of false rejections expect, apart from honest.ts, which a bench outside of vitest uses as well. */
import { expect } from 'vitest';
import { verdictText } from '../../src/judge/verdict.ts';
import { honestKernels } from './honest.ts';

/** None of the kernels is rejected under that many seeds from the first. */
export async function expectNoneRejected(op: string, seeds: number, first: number): Promise<void> {
  const judge = await honestKernels(op);
  for (let seed = first; seed < first + seeds; seed++) {
    const { kernel, verdict } = await judge(seed);
    expect(`${kernel} under ${seed}: ${verdictText(verdict)}`).toBe(`${kernel} under ${seed}: pass`);
  }
}
