/** What was built, in .nfold/cache, by the hash of all that went into it; each entry behind a checksum, as a disk may lose a part of it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { keep } from '../files/write.ts';

const checksumBytes = 32;

/** As it was kept; made, and kept where that is possible, if it is not there as it was. */
export async function cached(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const file = join(workspace().cache, name);
  const entry = contentOf(file);
  if (typeof entry !== 'string') {
    const kept = entry.subarray(checksumBytes);
    if (checksum(name, kept).equals(entry.subarray(0, checksumBytes))) return kept;
  }
  const bytes = await make();
  keep(file, Buffer.concat([checksum(name, bytes), bytes]));
  return bytes;
}

/** Of the name as well: an entry of another name is another one. */
function checksum(name: string, bytes: Uint8Array): Buffer {
  return createHash('sha256').update(`${name}\n`).update(bytes).digest();
}
