/** What the tuner keeps, and what later runs make of it. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { append, events, type Trial, tunedParameters, type Winner } from '../src/tune/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-tune-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dims = { M: 64, N: 64 };
const common = { hash: 'abc', threads: 2, case: 'M64N64', dims, at: '2026-11-25T00:00:00.000Z' };
const trial: Trial = {
  type: 'trial',
  ...common,
  parameters: { MR: 4 },
  rung: 0,
  timeNs: [1],
  defaultNs: [2],
  failure: null,
};
const winner: Winner = {
  type: 'winner',
  ...common,
  parameters: { MR: 4 },
  machine: 'example',
  own: { MR: 6 },
  confirmed: true,
  ratio: { value: 1.1, low: 1.05, high: 1.15 },
  checks: 10,
  timeNs: [[1]],
  defaultNs: [[1.1]],
};

describe('the log', () => {
  test('is read back as it was written, and half a line at its end is no harm', () => {
    const file = join(folder, 'deep/log.jsonl');
    append(file, trial);
    append(file, winner);
    appendFileSync(file, '{"type":"winn');
    expect(events(file, 'abc')).toEqual([trial, winner]);
    expect(events(join(folder, 'none.jsonl'), 'abc')).toEqual([]);
  });

  test('a confirmed winner holds for its source, dims and threads alone, and the last word counts', () => {
    const file = join(folder, 'winners.jsonl');
    append(file, winner);
    const found = tunedParameters(file, 'abc');
    expect(found({ N: 64, M: 64 }, 2)).toEqual({ MR: 4 });
    expect(found(dims, 1)).toBeNull();
    expect(found({ M: 65, N: 64 }, 2)).toBeNull();
    expect(tunedParameters(file, 'other source')(dims, 2)).toBeNull();
    append(file, { ...winner, confirmed: false, parameters: { MR: 6 } });
    expect(tunedParameters(file, 'abc')(dims, 2)).toBeNull();
  });
});
