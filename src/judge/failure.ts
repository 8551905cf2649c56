import type { Variant } from '../contract/variant.ts';
import { quoted } from '../contract/words.ts';
import { workspace } from '../files/places.ts';
import type { Conditions, RoundPlan } from './conditions.ts';
import type { Image } from './image.ts';
import type { Finding } from './inspect.ts';
import type { Verdict } from './verdict.ts';

/** The verdict for a finding. `timed`: the timed calls that it was found in, which the replay command repeats. */
export function failed(
  found: Finding,
  { id, selector = id }: Pick<Variant, 'id' | 'selector'>,
  { op, case: c, distribution }: Pick<Image, 'op' | 'case' | 'distribution'>,
  { seed, replayFlags = [], timed }: Pick<Conditions, 'seed' | 'replayFlags'> & { readonly timed?: RoundPlan },
): Verdict {
  const name = op.caseName(c);
  const words = [...workspace().command, 'verify', selector, '--case', name, '--seed', `${seed}`, ...replayFlags];
  if (timed) words.push('--timed', `${timed.round}:${timed.calls}${timed.again ? `+${timed.again}` : ''}`);
  const replay = words.map(quoted).join(' ');
  return { status: 'fail', failure: { ...found, op: op.name, candidate: id, case: name, distribution, seed, replay } };
}
