/** Which peers a run times: those of its suites, none, or those that are named. */
import type { Suite } from '../../bench/suites.ts';
import { NfoldError } from '../contract/errors.ts';

const all = ({ peers, slowPeers }: Suite) => [...new Set([...peers, ...slowPeers])];

/** `wanted`: false is none, nothing is those of the suites, and names may be of slow ones. Throws NfoldError for a name that no suite of the run has. */
export function choosePeers(suites: readonly Suite[], wanted?: readonly string[] | false) {
  if (wanted === undefined) return (suite: Suite): Suite => suite;
  if (wanted === false) return (suite: Suite): Suite => ({ ...suite, peers: [] });
  const known = [...new Set(suites.flatMap(all))];
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const which = [...new Set(suites.map(({ name }) => name))].join(' and ');
    const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none';
    throw new NfoldError(`There is no peer '${unknown}' for ${which}: ${there}.`, 'unknown-name');
  }
  return (suite: Suite): Suite => ({ ...suite, peers: all(suite).filter((name) => wanted.includes(name)) });
}
