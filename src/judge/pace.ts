/** The baseline's pace, by which the time of a call is limited. */

import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/opening.ts';
import { type AnyOp, bySize } from '../contract/op.ts';
import type { Variant } from '../contract/variant.ts';
import { compose } from './image.ts';

const paces = new Map<string, Promise<number>>();

/** Nanoseconds a flop on the smallest timed case, measured once a process. */
export function paceOf(op: AnyOp, baseline: Variant, text: Uint8Array): Promise<number> {
  const known = paces.get(op.name);
  if (known) return known;
  const pace = measured(op, baseline, text);
  paces.set(op.name, pace);
  return pace;
}

async function measured(op: AnyOp, baseline: Variant, text: Uint8Array): Promise<number> {
  const [c] = bySize(op, op.cases);
  const image = compose(op, c, op.distributions[0], 1, text);
  const writes = [{ offset: 0, bytes: image.bytes }];
  const cell = new Cell(baseline);
  try {
    await cell.open(await openingOf(op, c, image.scalars, image.layout, baseline, 1));
    const { timeNs } = await cell.sample({ calls: [{ writes, reads: [] }], warmup: { writes, calls: 3, ms: 20 } });
    return timeNs[0] / op.flop(c.dims);
  } finally {
    cell.close();
  }
}
