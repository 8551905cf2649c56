/** What a name may lead to where a file is looked for. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

export const isRoot = process.getuid?.() === 0;

/** One of each, with the ending that is wanted; what is said of it. */
const odd: readonly (readonly [name: string, words: RegExp, make: (file: string) => void])[] = [
  ['a folder', /is a folder/, (file) => mkdirSync(file)],
  ['a dangling link', /is a link that leads nowhere/, (file) => symlinkSync('/nowhere/at/all', file)],
  ['a link to itself', /is a link that leads back to itself/, (file) => symlinkSync(file, file)],
  ['a named pipe', /is a named pipe/, (file) => execFileSync('mkfifo', [file])],
  ['a link to a device without an end', /is a device/, (file) => symlinkSync('/dev/zero', file)],
  ['a link to a folder', /is a folder/, (file) => symlinkSync('/', file)],
  ['a socket', /is a socket( or a device)?/, (file) => createServer().listen(file).unref()],
  [
    'a file that may not be read',
    /may not be read/,
    (file) => {
      writeFileSync(file, 'secret');
      chmodSync(file, 0);
    },
  ],
];
/** Root may read all. */
export const oddities = odd.filter(([name]) => !(isRoot && name === 'a file that may not be read'));
