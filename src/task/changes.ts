/** What was changed in a folder besides the attempt. It counts for nothing, and is told: the list goes by the manifest, which may lie. */
import fs from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { brief } from '../contract/errors.ts';
import { sha256 } from '../contract/sha256.ts';
import { contentWithin } from '../files/given.ts';
import { type Manifest, manifestName } from './manifest.ts';
import { isCounted, someOf, type Task } from './task.ts';

/** What npm, git and nfold write. */
const passedOver = ['node_modules', '.git', '.nfold', 'package-lock.json', manifestName];
/** Entries of the folder that are looked at, and the largest file that is compared. */
const [maxEntries, maxBytes] = [5000, 2 ** 20];

/** Sentences. */
export function changesIn(root: string, { files }: Manifest, { ops }: Task): string[] {
  const { paths, all } = filesBelow(root);
  const isChanged = (path: string) => {
    const content = contentWithin([root], join(root, path), maxBytes);
    return typeof content === 'string' || sha256(content) !== files[path];
  };
  const told = paths.filter((path) => !isCounted(path, ops)).sort();
  const changes = [
    ...told.filter((path) => Object.hasOwn(files, path) && isChanged(path)).map((path) => `${path} was changed`),
    ...Object.keys(files)
      .filter((path) => all && !isCounted(path, ops) && !paths.includes(path))
      .map((path) => `${path} was removed`),
    ...told.filter((path) => !Object.hasOwn(files, path)).map((path) => `${path} was added`),
  ].map(brief);
  const unseen = all ? [] : [`there are more than ${maxEntries} files and folders: the others were not looked at`];
  return [...someOf(changes, 'were changed, removed or added'), ...unseen];
}

/** Paths of what is no folder, links not followed; `all` is false if there are too many. */
function filesBelow(root: string): { paths: string[]; all: boolean } {
  const paths: string[] = [];
  const folders = [''];
  let seen = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const opened = attempt(() => fs.opendirSync(join(root, folder)), null);
    if (opened === null) paths.push(folder.slice(0, -1));
    try {
      for (let entry = opened?.readSync(); entry; entry = opened?.readSync()) {
        if (folder === '' && passedOver.includes(entry.name)) continue;
        if (++seen > maxEntries) return { paths, all: false };
        const path = `${folder}${entry.name}`;
        if (entry.isDirectory()) folders.push(`${path}/`);
        else paths.push(path);
      }
    } finally {
      opened?.closeSync();
    }
  }
  return { paths, all: true };
}
