/** `--json` prints data of a known shape, alone on stdout, command by command; train, profile, tune and selftest: slow/json.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../src/files/places.ts';
import { Record } from '../src/records/schema.ts';
import { saveRecord } from '../src/records/store.ts';
import { nfold } from './support/command.ts';
import { draft } from './support/draft.ts';
import { prepare } from './support/prepared.ts';
import { Best, Doctor, History, List, Verified } from './support/shapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

prepare(folder);
const records = join(folder, '.nfold/records');
for (const day of [25, 26]) saveRecord(draft({ overrides: { createdAt: `2026-11-${day}T10:00:00.000Z` } }), records);

test.each<[string, z.ZodType]>([
  ['list residual_forward', List],
  ['list nonsense/../../x', z.never()],
  ['verify residual_forward/unroll4-wasmsimd --case N8192 --quick', Verified],
  ['show last', Record],
  ['history sgemm/mine-ts', History],
  ['history sgemm/mine-ts --case M64N64K64', History],
  ['best', Best],
  ['compare last~1 last', z.looseObject({})],
])('nfold %s --json', async (words, shape) => {
  const { stdout, stderr } = await nfold([...words.split(' '), '--json'], { cwd: folder });
  if (shape instanceof z.ZodNever) expect(stdout).toBe('');
  else
    expect(shape.safeParse(JSON.parse(stdout)), `${stdout.slice(0, 500)}\n${stderr}`).toMatchObject({ success: true });
});

test('nfold doctor --json names the features and the peers, absent ones with the reason', async () => {
  const { code, stdout } = await nfold(['doctor', '--json'], { cwd: folder });
  expect(code).toBe(0);
  const { features, measured, peers } = Doctor.parse(JSON.parse(stdout));
  expect(features).toMatchObject({ 'relaxed SIMD': true, 'shared WebAssembly memory': true });
  expect(measured.revectorized === null || measured.revectorized > 0).toBe(true);
  expect(measured.unrest).toBeGreaterThanOrEqual(0);
  const reasons = Object.fromEntries(peers.map(({ peer, reason }) => [peer, reason]));
  expect(reasons['tfjs-backend-wasm']).toBeNull();
  expect(reasons['tfjs-node'] === null || reasons['tfjs-node'].length > 10).toBe(true);
});

test('a failure has its numbers', async () => {
  const cheat = join(packageRoot, 'test/adversaries/gelu_forward/nothing.wat');
  const { code, stdout } = await nfold(['verify', cheat, '--case', 'N1', '--quick', '--json'], {
    cwd: folder,
  });
  expect(code).toBe(1);
  const { results } = Verified.parse(JSON.parse(stdout));
  expect(results).toMatchObject([{ verdict: 'fail', failure: { reason: 'differs', case: 'N1' } }]);
});
