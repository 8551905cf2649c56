/** A shell removes the temporary folder of a process that is killed, and what is left all the same the next one clears away. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { packageRoot } from '../src/files/places.ts';

const temporary = mkdtempSync(join(tmpdir(), 'nfold-folders-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** A process that starts a cell, and says when it has been answered. */
async function started(): Promise<ChildProcess> {
  const module = (name: string) => JSON.stringify(pathToFileURL(join(packageRoot, 'src', 'cell', `${name}.ts`)));
  const code = `
    import { Cell } from ${module('cell')};
    const cell = new Cell({ flags: [] });
    await cell.evaluate({ code: 'var candidate = { default: { about: 1 } };' }, 10000);
    process.on('message', () => process.exit(0));
    process.send('ready');`;
  const args = ['--input-type=module', '--eval', code];
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env });
  await once(child, 'message');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const folders = () => readdirSync(temporary);
const ofProcess = ({ pid }: ChildProcess) => folders().filter((name) => name.includes(`-${pid}-`));

test.runIf(process.platform !== 'win32')('folders of the dead go, those of the living and of others stay', async () => {
  for (const other of ['nfold-0-1', 'nfold-tune-99999999-abc', 'mine-4-1-abc']) mkdirSync(join(temporary, other));
  const [killed, living] = [await started(), await started()];
  const [left] = ofProcess(killed);
  await kill(killed);
  await vi.waitFor(() => expect(ofProcess(killed)).toEqual([]), 30_000);
  expect(ofProcess(living)).toHaveLength(1);
  // As if the shell had been killed too.
  mkdirSync(join(temporary, left));

  const next = await started();
  expect([killed, living, next].map((child) => ofProcess(child).length)).toEqual([0, 1, 1]);
  next.send('end');
  await once(next, 'exit');
  expect(ofProcess(next)).toEqual([]);
  expect(existsSync(join(temporary, ofProcess(living)[0], 'program', 'main.mjs'))).toBe(true);
  await kill(living);
  await vi.waitFor(() => expect(folders()).toHaveLength(3), 30_000);
  expect(folders()).toContain('nfold-0-1');
});
