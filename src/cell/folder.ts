/**
 * The temporary folder of this process: the program of its cells, and an empty folder that they start in. It is removed at exit, and by a
 * shell after a kill. What is left all the same, the next process removes: the name holds the pid.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, extname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { attempt } from '../contract/attempt.ts';
import { NfoldError } from '../contract/errors.ts';
import { temporary } from '../files/elsewhere.ts';
import { lives, namespace } from '../files/owner.ts';
import { programFile } from '../files/places.ts';
import { remove, writeWhole } from '../files/write.ts';
import type { Program } from './lockdown.ts';
import { schedstatFile } from './schedstat.ts';

/** Containers may share a temporary folder but count pids on their own: only pids of this namespace can be asked for. */
const prefix = `nfold-${namespace()}-`;
/** More than the cell's program takes: a place without that much room is no use. */
const roomBytes = 1 << 17;

let made: { readonly empty: string; readonly program: Program } | null = null;

/** The cell's program and an empty folder for it to start in, made once a process. Throws NfoldError where no place has room. */
export function cellFiles() {
  if (!made) {
    const folder = makeFolder();
    made = { empty: join(folder, 'empty'), program: bundleProgram(join(folder, 'program')) };
  }
  return made;
}

/** A new folder for files that a tool of the system has to find on disk. */
export const privateFolder = (): string => mkdtempSync(join(dirname(cellFiles().empty), 'tool-'));

function makeFolder(): string {
  for (const place of temporary) {
    try {
      const parent = resolve(place());
      removeLeftFolders(parent);
      const folder = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
      removeAtEnd(folder);
      mkdirSync(join(folder, 'empty'));
      const room = join(folder, 'room');
      writeWhole(room, Buffer.alloc(roomBytes));
      remove(room);
      return folder;
    } catch {
      // The next place may do.
    }
  }
  throw new NfoldError(
    'No folder for temporary files can be written to: let TMPDIR name one with room in it.',
    'no-file',
  );
}

/** If this process is killed, its end closes a pipe, and a shell that waits for that removes the folder. */
function removeAtEnd(folder: string): void {
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const words = ['-c', 'read -r line; rm -rf -- "$0"', folder];
  const shell = spawn('/bin/sh', words, { cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => {}).unref();
  (shell.stdin as Socket | null)?.on('error', () => {}).unref();
}

function removeLeftFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w+$/.exec(name.slice(prefix.length)) ?? []) : [];
    if (!pid || lives(Number(pid))) continue;
    // Another user's folder cannot be removed.
    attempt(() => rmSync(join(parent, name), { recursive: true, force: true }));
  }
}

/** Bundled: it starts in half of the time that the sources take, and is all of nfold's code that a cell may read. */
function bundleProgram(folder: string): Program {
  const main = programFile('src/cell/main');
  buildSync({
    // A `*` in a path would be taken for a glob.
    absWorkingDir: dirname(main),
    entryPoints: ['main', 'thread'].map((name) => `./${name}${extname(main)}`),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    logLevel: 'error',
    tsconfigRaw: {},
  });
  return { main: join(folder, 'main.mjs'), reads: [folder, schedstatFile], flags: [] };
}
