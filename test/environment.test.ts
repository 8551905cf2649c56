/** Variables of the environment that are missing or odd: nothing that nfold does or prints depends on them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveRecord } from '../src/records/store.ts';
import { nfold, nfoldProcess } from './support/command.ts';
import { draft } from './support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-environment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a cell, with a build in front of it. */
const verify = ['verify', 'residual_forward/unroll4-wasmsimd', '--quick', '--case', 'N8192', '--seed', '1'];
/** As they are, but read-only: nfold itself may lie in one of them. */
const readOnly = (place: string) => `mount --bind ${place} ${place} && mount -o remount,ro,bind ${place}`;
const nowhere = `${['/tmp', '/dev/shm'].map(readOnly).join(' && ')} && cd /sys && exec "$@"`;
const hiding = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', nowhere, 'sh'];
const hides = spawnSync(hiding[0], [...hiding.slice(1), 'true']).status === 0;
let usual: string;

beforeAll(async () => {
  saveRecord(draft(), join(folder, '.nfold/records'));
  usual = (await nfold(verify, { cwd: folder })).stdout;
  mkdirSync(join(folder, 'temporary'));
});

test.each([
  [
    'nothing in it, and no folder of programs',
    { HOME: undefined, PATH: '/nonexistent', TMPDIR: '/nonexistent/x', TZ: ':', LANG: 'xx_YY.UTF-8', COLUMNS: '-3' },
  ],
  [
    'folders that take nothing',
    { HOME: '/proc', TMPDIR: '/proc', TZ: 'Nowhere/Else', LC_ALL: 'tr_TR.UTF-8', TERM: 'dumb', COLUMNS: 'wide' },
  ],
  [
    'options for Node',
    { TMPDIR: 'temporary', NODE_OPTIONS: '--max-old-space-size=400 --import=data:text/javascript,0', LANG: 'C' },
  ],
])('%s', async (_, env) => {
  const { code, stdout, stderr } = await nfoldProcess(verify, { cwd: folder, env });
  expect(code, stderr).toBe(0);
  expect(stdout).toBe(usual);
  expect(readdirSync(join(folder, 'temporary'))).toEqual([]);
});

test('what is built, and its hash, is the same in whatever folder', async () => {
  const deeper = join(folder, 'deeper/still');
  mkdirSync(deeper, { recursive: true });
  expect((await nfold(verify, { cwd: deeper })).stdout).toBe(usual);
  const [here, there] = [folder, deeper].map((place) => readdirSync(join(place, '.nfold/cache')));
  expect(there).toEqual(here);
});

test.each(['Pacific/Kiritimati', 'Nowhere/Else', ':', ''])('times are the same in the time zone %j', async (TZ) => {
  const show = async (env: Record<string, string>) => (await nfold(['show'], { cwd: folder, env })).stdout;
  const there = await show({ TZ, LC_ALL: 'tr_TR.UTF-8' });
  expect(there).toBe(await show({ TZ: 'UTC', LC_ALL: 'C' }));
  expect(there).toContain(draft().createdAt.slice(0, 10));
});

test('colours are there where they are asked for, and not where they are not', async () => {
  const list = async (env: Record<string, string | undefined>) =>
    (await nfold(['list', 'sgemm'], { cwd: folder, env: { NO_COLOR: undefined, FORCE_COLOR: undefined, ...env } }))
      .stdout;
  expect(await list({ FORCE_COLOR: '1' })).toContain('\x1b[');
  expect(await list({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\x1b[');
  expect(await list({ TERM: 'dumb' })).not.toContain('\x1b[');
});

test.skipIf(!hides)('where no folder takes a file, a sentence says so (needs user namespaces)', async () => {
  const { code, stderr } = await nfoldProcess(verify, { cwd: '/', behind: hiding, env: { HOME: '/proc' } });
  expect(stderr).toMatch(/^nfold: No folder for temporary files can be written to: let TMPDIR name one[^\n]*\n$/m);
  expect(code).toBe(2);
});

test('a folder that has been removed is told, and that is all', async () => {
  const gone = join(folder, 'gone');
  mkdirSync(gone);
  const behind = ['sh', '-c', 'rmdir "$0" && exec "$@"', gone];
  const { code, stderr } = await nfoldProcess(['list'], { cwd: gone, behind });
  expect(stderr).toBe('nfold: The folder that nfold was started in is no longer there: go to another one.\n');
  expect(code).toBe(2);
});
