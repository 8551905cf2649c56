/** Peers as variants: a cell loads the module from bench/peers, trusted, and the library says for itself if it is there. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Variant } from '../cell/opening.ts';
import type { Peer } from '../contract/peer.ts';
import { packageRoot } from './places.ts';

export interface PeerVariant extends Variant {
  readonly peer: Peer;
}

export async function loadPeer(name: string, op: string): Promise<PeerVariant> {
  const file = pathToFileURL(join(packageRoot, 'bench/peers', `${name}.ts`)).href;
  const { default: peer } = (await import(file)) as { default: Peer };
  return {
    id: name,
    flags: [],
    threads: peer.threads,
    dear: peer.dear?.includes(op) ?? false,
    trusted: true,
    artifact: async () => ({ kind: 'peer', file }),
    peer,
  };
}
