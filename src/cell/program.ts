/** The program of a cell, bundled: it starts in half of the time that the sources take, and is all of ours that a cell may read. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { ownFolder } from './folder.ts';
import type { Program } from './lockdown.ts';
import { queueFile } from './protocol.ts';

let made: Program | null = null;

/** Made once a process. */
export function cellProgram(): Program {
  made ??= make();
  return made;
}

function make(): Program {
  const folder = join(ownFolder(), 'program');
  buildSync({
    entryPoints: ['main', 'thread'].map((name) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url))),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    logLevel: 'error',
    tsconfigRaw: {},
  });
  return { main: join(folder, 'main.mjs'), reads: [folder, queueFile], flags: [] };
}
