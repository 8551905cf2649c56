/** What a run has measured so far, in a line. */
import { tooWide } from '../analysis/disturbed.ts';
import type { SoFar } from '../stopwatch/request.ts';
import { interval, multiple } from './format.ts';

/** `sgemm, round 1 of 3: shaped-6x16 61x at M64N64K64 so far`, or means with intervals once all cases were timed twice. */
export function provisional({ op, round, variants }: SoFar): string {
  const each = variants.map(({ id, speedup, case: name }) => {
    const edges = speedup.low === null || tooWide(speedup) ? '' : ` ${interval(speedup)}`;
    return `${id.replace(`${op}/`, '')} ${multiple(speedup.value)}${edges}${name === null ? '' : ` at ${name}`}`;
  });
  return `${op}, ${round}, so far: ${each.join(', ')}`;
}
