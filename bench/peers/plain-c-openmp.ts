/** The same loops as plain-c, the outermost shared out among threads by OpenMP. */
import type { Peer } from '../../src/contract/peer.ts';
import { plainC } from './plain-c/peer.ts';

export default {
  about: "the baseline's loops in C with OpenMP (cc -O3 -march=native -fopenmp)",
  threads: 'given',
  ...plainC(['-fopenmp']),
} satisfies Peer;
