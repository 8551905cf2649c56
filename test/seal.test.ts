/** What comes with a folder is not believed: caches, peaks and tuned parameters need the seal of this user's key. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cached } from '../src/build/cache.ts';
import { events, lineOf } from '../src/build/tuned.ts';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import { sealOf, sealTrouble } from '../src/files/seal.ts';
import { loadCeilings, saveCeilings } from '../src/machine/ceilings.ts';
import { example } from './support/ceilings.ts';
import { trial } from './support/trial.ts';

let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-seal-'));
  state = join(folder, 'state');
  vi.stubEnv('XDG_STATE_HOME', state);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const work = () => join(folder, 'work');
const here = <T>(use: () => T): T => inWorkspace(workspaceAt(work()), use);
const key = () => join(state, 'nfold/key');

/** What `cached` answers, and whether it had to make it. */
const ask = () =>
  here(async () => {
    let made = false;
    const make = async () => {
      made = true;
      return Buffer.from('honest');
    };
    return [Buffer.from(await cached('entry.wasm', make)).toString(), made];
  });

function put(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

test('the key is made on first use, for this user alone, and is the same afterwards', () => {
  const first = here(() => sealOf('a', 'b'));
  expect(first).toHaveLength(32);
  expect(statSync(key()).mode & 0o777).toBe(0o600);
  expect(here(() => sealOf('a', 'b'))).toEqual(first);
  expect(here(() => sealOf('ab', ''))).not.toEqual(first);
  expect(here(sealTrouble)).toBeNull();
});

test('a build that came with the folder is made anew', async () => {
  const entry = join(work(), '.nfold/cache/entry.wasm');
  const content = Buffer.from('poison');
  const checksum = createHash('sha256').update('entry.wasm\n').update(content).digest();
  put(entry, Buffer.concat([checksum, content]));
  expect(await ask()).toEqual(['honest', true]);
  expect(await ask()).toEqual(['honest', false]);
  // Sealed by another user.
  const foreign = readFileSync(entry);
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'other'));
  put(entry, foreign);
  expect(await ask()).toEqual(['honest', true]);
});

test('peaks and tuned parameters that came with the folder count as absent', () => {
  const peaks = join(work(), '.nfold/peaks/here.json');
  put(peaks, JSON.stringify(example));
  expect(here(() => loadCeilings(peaks))).toBeNull();
  expect(here(() => saveCeilings(example, peaks))).toBeNull();
  expect(here(() => loadCeilings(peaks))).toEqual(example);
  put(peaks, readFileSync(peaks, 'utf8').replace('"sweeps":1', '"sweeps":2'));
  expect(here(() => loadCeilings(peaks))).toBeNull();

  const log = join(work(), '.nfold/tuned/here/sgemm-x.jsonl');
  const line = here(() => lineOf(log, trial));
  const strange = [JSON.stringify(trial), line.replace('"rung":0', '"rung":1'), '{"type":"tri'];
  put(log, [...strange, line, ...strange].join('\n'));
  expect(here(() => events(log, trial.hash))).toEqual([trial]);
  // A line of another candidate's log.
  const other = join(work(), '.nfold/tuned/here/sgemm-y.jsonl');
  put(other, line);
  expect(here(() => events(other, trial.hash))).toEqual([]);
});

test.each<[string, () => void]>([
  ['that others may read', () => chmodSync(key(), 0o644)],
  ['that others may write', () => chmodSync(key(), 0o620)],
  [
    'that is a link',
    () => {
      renameSync(key(), `${key()}-there`);
      symlinkSync(`${key()}-there`, key());
    },
  ],
  ['of another length', () => put(key(), 'short')],
  [
    'that is a folder',
    () => {
      rmSync(key());
      mkdirSync(key());
    },
  ],
])('a key %s is none, and all is made anew', async (_, spoil) => {
  // A key is read once a process: each state folder has its own.
  put(key(), Buffer.alloc(32));
  chmodSync(key(), 0o600);
  spoil();
  expect([await ask(), await ask()]).toEqual([
    ['honest', true],
    ['honest', true],
  ]);
  expect(here(sealTrouble)).toMatch(/^Nothing is kept for later runs: /);
});

test.each([
  ['cannot be made', () => '/proc/nowhere'],
  ['lies in the work folder', () => join(work(), 'state')],
  [
    'leads into it',
    () => {
      mkdirSync(work());
      symlinkSync(work(), join(folder, 'link'));
      return join(folder, 'link/state');
    },
  ],
])('where the state folder %s, nothing counts as kept', async (_, place) => {
  vi.stubEnv('XDG_STATE_HOME', place());
  expect([await ask(), await ask()]).toEqual([
    ['honest', true],
    ['honest', true],
  ]);
});
