/**
 * Where the files of a candidate have to lie, links followed: else a link in a folder of kernels that somebody else made would put the text
 * of any file into a record, which one publishes. A hard link cannot be told from a file.
 */
import { dirname, join } from 'node:path';
import { isWithin, realPath } from './given.ts';
import { packageRoot } from './places.ts';

/** For what a candidate imports: the kernels folder, which may itself be a link, or nfold's own. */
export const homesOfImports = (candidate: string): readonly string[] => [
  dirname(dirname(candidate)),
  join(packageRoot, 'kernels'),
];

/** For the candidate itself also the folder of its op, which may be a link to another place in the workspace. */
export function homesOf(candidate: string): readonly string[] {
  const homes = homesOfImports(candidate);
  const folder = dirname(candidate);
  return isWithin(realPath(folder), realPath(dirname(homes[0]))) ? [...homes, folder] : homes;
}
