/** Peers as variants: a cell loads their module from bench/peers, trusted, and finds out whether the library works. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Peer } from '../contract/peer.ts';
import type { Variant } from '../contract/variant.ts';
import { packageRoot } from '../files/places.ts';

export interface PeerVariant extends Variant {
  readonly peer: Peer;
}

/** Whether a peer's library is installed; only its cell finds out whether it works. */
export async function isInstalled(name: string): Promise<boolean> {
  const { library } = await moduleOf(name);
  try {
    createRequire(import.meta.url).resolve(library);
    return true;
  } catch {
    return false;
  }
}

const fileOf = (name: string) => pathToFileURL(join(packageRoot, 'bench/peers', `${name}.ts`)).href;

async function moduleOf(name: string): Promise<Peer> {
  return (await import(fileOf(name))).default;
}

/** Loads a peer's module and not its library, which only the cell loads. */
export async function loadPeer(name: string, op: string): Promise<PeerVariant> {
  const [file, peer] = [fileOf(name), await moduleOf(name)];
  return {
    id: name,
    flags: [],
    threads: peer.threads,
    slow: peer.slowOps?.includes(op) ?? false,
    trusted: true,
    artifact: async () => ({ kind: 'peer', file }),
    peer,
  };
}
