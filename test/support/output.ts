/** What every command does whose words can go nowhere, or whose folder is gone: one sentence and an exit code. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { inBash } from './command.ts';

export function expectFull(args: string, folder: string): void {
  const { code, stderr } = inBash(`nfold ${args} > /dev/full`, folder);
  expect(code).toBe(1);
  expect(stderr).toMatch(/(^|\n)nfold: The output could not be written: ENOSPC.*\.\n$/);
  expect(stderr).not.toMatch(/\n\s+at |\(unexpected: /);
}

/** In a folder below the given one. */
export function expectGone(args: string, folder: string): void {
  const gone = join(folder, 'gone');
  mkdirSync(gone);
  const { code, stderr } = inBash(`rmdir '${gone}'; nfold ${args}`, gone);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'nfold: The folder that nfold was started in is no longer there: go to another one.\n',
  });
}
