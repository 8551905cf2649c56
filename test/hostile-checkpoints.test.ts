/** Checkpoints from elsewhere, whose sha256 is right: one sentence each. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadOp } from '../src/catalog/ops.ts';
import { NfoldError } from '../src/contract/errors.ts';
import { lengthOf } from '../src/contract/op.ts';
import { readCheckpoint } from '../src/train/checkpoint.ts';
import { bytesOf } from '../src/train/task.ts';
import { escapes, raw } from './support/hostile.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'x.ckpt');
const op = await loadOp('train_gpt2');
const [{ dims, scalars }] = op.edges;
const tensors = (op.carries ?? []).map((name) => new Float32Array(lengthOf(op.tensors[name], dims)).fill(0.5));
const parts = [...tensors, Float32Array.of(3)].map(bytesOf);
const header = {
  schema: 'nfold/checkpoint@1',
  ...{
    candidate: 'train_gpt2/x',
    threads: 1,
    case: op.caseName(op.edges[0]),
    dims,
    scalars,
    seed: 1,
    step: 1,
    steps: 2,
  },
  ...{ text: { name: 'Moby Dick', file: null, sha256: 'x' }, heldOut: [] },
  bytes: Object.fromEntries([...(op.carries ?? []), 'losses'].map((name, i) => [name, parts[i].length])),
};

function put(change: string | object, payload: readonly Uint8Array[] = parts): void {
  const fields = typeof change === 'string' ? change : JSON.stringify({ ...header, ...change });
  const sha256 = createHash('sha256').update(`${fields}\n`);
  for (const part of payload) sha256.update(part);
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(`${fields.slice(0, -1)},"sha256":"${sha256.digest('hex')}"}\n`), ...payload]),
  );
}

test('a fine one is read', () => {
  put({});
  expect(readCheckpoint(file, op)).toMatchObject({ state: { step: 1 }, losses: [3] });
});

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const nan = [...parts.slice(0, -1), bytesOf(Float32Array.of(Number.NaN))];

test.each<[string, string | object, (readonly Uint8Array[])?]>([
  ['a schema that is no word', `${JSON.stringify(header).slice(0, -1)},"schema":{"toString":1}}`],
  ['other dims under the name of a case', { dims: { ...dims, B: 1e9 } }],
  ['no dims', { dims: {} }],
  ['dims that are no numbers', { dims: { ...dims, B: 'x' } }],
  ['too many threads', { threads: 1e9 }],
  ['a held-out loss beyond all', { heldOut: [[1, 1e300]] }],
  ['a loss that is no number', {}, nan],
  ['escapes in the name of its case', { case: escapes }],
  ['a name of a megabyte', { candidate: 'x'.repeat(1e6) }],
  ['sizes that are not there', { bytes: { constructor: parts.reduce((sum, part) => sum + part.length, 0) } }],
])('%s', (_, change, payload) => {
  put(change, payload);
  try {
    readCheckpoint(file, op);
    expect.unreachable('it is read');
  } catch (error) {
    expect(error).toBeInstanceOf(NfoldError);
    expect((error as NfoldError).sentence).not.toMatch(raw);
  }
});

test('what is nested deep and not needed does no harm', () => {
  put(`${JSON.stringify(header).slice(0, -1)},"more":${deep}}`);
  expect(readCheckpoint(file, op).losses).toEqual([3]);
});

test('the words of one are plain', () => {
  put({ candidate: `a${escapes}`, text: { ...header.text, name: `b${escapes}` } });
  const { header: read } = readCheckpoint(file, op);
  expect(read.candidate + read.text.name).not.toMatch(raw);
});
