/** A peer whose library is not there. */
import { NotInstalled, type Peer } from '../../src/contract/peer.ts';

export default {
  about: 'absent',
  library: 'no-such-library',
  threads: 'one',
  bind: () => Promise.reject(new NotInstalled('not installed: no such library')),
} satisfies Peer;
