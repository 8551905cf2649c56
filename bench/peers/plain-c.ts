/** The baselines' own loops in C, on one thread: what of a speedup is due to JavaScript, and what to the algorithm. */
import type { Peer } from '../../src/contract/peer.ts';
import { plainC } from './plain-c/peer.ts';

export default {
  about: "the baseline's loops in C (cc -O3 -march=native, 1 thread)",
  threads: 'one',
  ...plainC([]),
} satisfies Peer;
