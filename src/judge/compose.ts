/**
 * Composes images: inputs are drawn from a seed, outputs hold poison, and the guard bands between tensors hold noise that must come back
 * unchanged.
 */
import { type Layout, layOut, viewsOf } from '../cell/layout.ts';
import { makeRng, type Seed } from '../contract/rng.ts';
import { type Drawing, type Image, poison, roleOf } from './image.ts';

/** Draws an image. Images for a case that a cell has open must share the layout that it was opened with. */
export function compose(drawing: Drawing, seed: Seed, shared?: Layout): Image {
  const { op, case: c, distribution, text, without = [] } = drawing;
  const rng = makeRng(seed);
  const own = layOut(op, c.dims, rng.fork());
  const layout = shared ?? own;
  const words = new Int32Array(layout.bytes / 4);
  const bytes = new Uint8Array(words.buffer);
  const noise = rng.fork();
  let end = 0;
  for (const { offset, length } of [...layout.slots, { offset: layout.bytes, length: 0 }]) {
    for (let i = end / 4; i < offset / 4; i++) words[i] = noise.bits();
    end = offset + 4 * length;
  }
  const tensors = viewsOf(bytes, layout.slots);
  const scalars = Object.fromEntries(Object.entries(c.scalars).map(([name, value]) => [name, Math.fround(value)]));
  op.draw({ dims: c.dims, scalars, tensors, rng, distribution, text, canaries: !without.includes('canary') });
  const poisoned = without.includes('poison') ? [] : layout.slots.filter(({ name }) => roleOf(drawing, name) === 'out');
  for (const { offset, length } of poisoned) words.fill(poison, offset / 4, offset / 4 + length);
  return { ...drawing, layout, bytes, tensors, scalars };
}
