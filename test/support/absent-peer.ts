/** A peer whose library is not there. */
import type { Peer } from '../../src/contract/peer.ts';

export default {
  about: 'absent',
  library: 'no-such-library',
  threads: 'one',
  bind: () => Promise.reject(new Error('not installed: no such library')),
} satisfies Peer;
