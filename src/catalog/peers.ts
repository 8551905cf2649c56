/** Peers as variants: their cell is trusted, loads their module from bench/peers and shows whether the library works. */
import { pathToFileURL } from 'node:url';
import { CandidateError, messageOf } from '../contract/errors.ts';
import { NotInstalled, type Peer } from '../contract/peer.ts';
import type { Variant } from '../contract/variant.ts';
import { programFile } from '../files/places.ts';

export interface PeerVariant extends Variant {
  readonly peer: Peer;
}

/** Loads a peer's module and not its library, which only the cell loads. */
export async function loadPeer(name: string, op: string): Promise<PeerVariant> {
  const file = pathToFileURL(programFile(`bench/peers/${name}`)).href;
  const peer: Peer = (await import(file)).default;
  return {
    id: name,
    flags: [],
    threads: peer.threads === 'one' ? 'one' : 'any',
    slow: peer.slowOps?.includes(op) ?? false,
    trusted: true,
    artifact: async () => ({ kind: 'peer', file, prepared: await preparedBy(peer) }),
    peer,
  };
}

/** Throws CandidateError, which becomes the peer's verdict. */
async function preparedBy(peer: Peer): Promise<string | undefined> {
  try {
    return await peer.prepare?.();
  } catch (error) {
    throw new CandidateError(messageOf(error), error instanceof NotInstalled ? 'unsupported' : 'error');
  }
}
