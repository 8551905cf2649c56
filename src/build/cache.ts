/** Build results in .nfold/cache, by the hash of all that went into them. A checksum precedes each entry, since a disk may lose a part. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { hasConsole } from '../cell/console.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { tryWrite } from '../files/write.ts';

const checksumBytes = 32;

/** The entry `name`, or what `make` returns if the entry is missing or damaged; that is then kept if the disk allows it. */
export async function cached(name: string, make: () => Promise<Uint8Array>, fresh = false): Promise<Uint8Array> {
  if (fresh) return make();
  const file = join(workspace().cache, name);
  const entry = contentOf(file);
  if (typeof entry !== 'string') {
    const kept = entry.subarray(checksumBytes);
    if (checksum(name, kept).equals(entry.subarray(0, checksumBytes))) return kept;
  }
  const bytes = await make();
  tryWrite(file, Buffer.concat([checksum(name, bytes), bytes]));
  return bytes;
}

/** The same for what a candidate's code returns, which runs each time if somebody wants to hear what it prints. */
export async function cachedJson(name: string, make: () => Promise<unknown>) {
  const bytes = await cached(name, async () => Buffer.from(JSON.stringify(await make())), hasConsole());
  return JSON.parse(Buffer.from(bytes).toString());
}

/** Covers the name, so that an entry under another's name does not count. */
function checksum(name: string, bytes: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(bytes).digest();
}
