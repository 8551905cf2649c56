/** Build results in .nfold/cache, by the hash of all that went into them. A seal precedes each entry: it may have come with the folder, and a disk may lose a part. */
import { join } from 'node:path';
import { hasConsole } from '../cell/console.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { isSeal, sealBytes, sealOf } from '../files/seal.ts';
import { tryWrite } from '../files/write.ts';

/** The entry `name`, or what `make` returns if the entry is missing, damaged or not ours; that is then kept if the disk allows it. */
export async function cached(
  name: string,
  make: () => Promise<Uint8Array>,
  { fresh = false, holds = (_: Uint8Array): boolean => true } = {},
): Promise<Uint8Array> {
  if (fresh) return make();
  const kept = keptUnder(name);
  if (kept && holds(kept)) return kept;
  const bytes = await make();
  const seal = sealOf(name, bytes);
  if (seal) tryWrite(fileOf(name), Buffer.concat([seal, bytes]));
  return bytes;
}

/**
 * The same for plain values. What a candidate's code returns is made afresh if somebody wants to hear what it prints. `holds`: whether what
 * is kept still does.
 */
export async function cachedJson<T>(
  name: string,
  make: () => Promise<T>,
  { fresh = hasConsole(), holds = (_: T): boolean => true } = {},
): Promise<T> {
  const parse = (bytes: Uint8Array): T => JSON.parse(Buffer.from(bytes).toString());
  const options = { fresh, holds: (bytes: Uint8Array) => holds(parse(bytes)) };
  return parse(await cached(name, async () => Buffer.from(JSON.stringify(await make())), options));
}

const fileOf = (name: string) => join(workspace().cache, name);

/** Its seal covers the name, so that an entry under another's name does not count. */
function keptUnder(name: string): Uint8Array | null {
  const entry = contentOf(fileOf(name), maxBytes);
  if (typeof entry === 'string') return null;
  const content = entry.subarray(sealBytes);
  return isSeal(entry.subarray(0, sealBytes), name, content) ? content : null;
}

/** More than anything that is built. */
const maxBytes = 2 ** 26;
