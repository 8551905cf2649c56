/** A peer whose library is not there. */
import type { Peer } from '../../src/contract/peer.ts';

export default {
  about: 'absent',
  threads: 'one',
  bind: () => Promise.reject(new Error('not installed: no such library')),
} satisfies Peer;
