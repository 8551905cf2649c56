/** Where npm has put the packages that nfold depends on: beside it, in it, or in a store that links lead to. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The folder of a package as `file` reaches it, and where that leads if it is a link; none if it is not installed. */
export function foldersOf(name: string, file: string): readonly string[] {
  const places = createRequire(file).resolve.paths(name) ?? [];
  const folder = places.map((place) => join(place, name)).find((found) => existsSync(join(found, 'package.json')));
  return folder === undefined ? [] : [...new Set([folder, realpathSync(folder)])];
}

export function versionOf(name: string): string {
  const [folder] = foldersOf(name, import.meta.filename);
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}
