/** A cell of its own for a line of JavaScript, which gets one tensor C of one element. */

import { Cell, type CellOptions } from '../../src/cell/cell.ts';
import { asScript } from '../../src/compiler/bundle.ts';

export const kernel = (body: string) =>
  `export default { about: 'x', setup: (dims, arena) => ({ C }) => { ${body} } };`;

export async function openIn(cell: Cell, code: string): Promise<void> {
  const slots = [{ name: 'C', dtype: 'f32' as const, offset: 64, length: 1 }];
  const artifact = { kind: 'js' as const, code: await asScript(code) };
  await cell.open({ artifact, op: 'x', dims: {}, scalars: {}, slots, bytes: 128, threads: 1 });
}

export async function opened(code: string, options: Partial<CellOptions> = {}): Promise<Cell> {
  const cell = new Cell({ flags: [], ...options });
  try {
    await openIn(cell, code);
    return cell;
  } catch (error) {
    cell.close();
    throw error;
  }
}

/** C after a call, and how long the call is said to have taken. */
export async function sampled(cell: Cell, usualNs?: number): Promise<{ C: number; timeNs: number }> {
  const calls = [{ writes: [], reads: [{ offset: 64, length: 4 }] }];
  const { reads, timeNs } = await cell.sample({ calls }, { expectedNs: usualNs });
  return { C: new Float32Array(reads[0][0].slice().buffer)[0], timeNs: timeNs[0] };
}

export async function call(code: string): Promise<{ C: number; timeNs: number }> {
  const cell = await opened(code);
  return sampled(cell).finally(() => cell.close());
}

/** Keeps this process from reading any answer, once what was asked is on its way. */
export async function busyFor(ms: number): Promise<void> {
  const until = performance.now() + ms;
  await new Promise(setImmediate);
  while (performance.now() < until);
}
