/** Reading what nfold itself has kept. */
import { readFileSync, statSync } from 'node:fs';

/** Null where there is no file, or none that can be read: a folder of that name, or a pipe, which might never end. */
export function readKept(file: string): Buffer | null {
  try {
    return statSync(file).isFile() ? readFileSync(file) : null;
  } catch {
    return null;
  }
}
