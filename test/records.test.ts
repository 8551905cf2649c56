/** Records on disk: whole or absent, never rewritten, older ones and heads read, damaged ones named. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { findRecord } from '../src/records/find.ts';
import { jsonSchemaText, schemaFile } from '../src/records/jsonSchema.ts';
import { discardRule, recordSchema } from '../src/records/schema.ts';
import { loadRecord, loadSummary, saveRecord, summaries } from '../src/records/store.ts';
import { markdownRecord } from '../src/report/markdown.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { draft } from './support/draft.ts';
import { undescribed } from './support/schema.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-records-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the schema', () => {
  test("its JSON Schema is up to date ('npm run schema' writes it)", () => {
    expect(readFileSync(schemaFile, 'utf8')).toBe(jsonSchemaText());
  });

  test('every property has a description', () => {
    expect(undescribed(JSON.parse(jsonSchemaText()))).toEqual([]);
  });

  test('a record of version 1 loads, with what it did not hold as null', () => {
    const record = loadRecord(join(packageRoot, 'test/fixtures/records/version-1.json'));
    expect(record).toMatchObject({ schema: recordSchema, name: null, commitment: null, texts: {} });
    expect(record.baselines.map(({ op }) => op)).toEqual(['train_gpt2', 'sgemm']);
    expect(record.candidates.find(({ candidate }) => candidate === 'sgemm/ikj-ts')?.hash).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('a record of version 2', () => {
  const { suites, ...rest } = draft({ overrides: { suite: 'sgemm+more', name: 'old' } });
  const peer = {
    ...rest.candidates[0],
    candidate: 'lib',
    peer: true,
    verdict: 'error',
    message: 'Error: not installed',
  };
  const old = {
    ...{ ...rest, id: 'old', schema: 'nfold/record@2', warnings: ['The machine was busy.'] },
    candidates: [...rest.candidates, peer],
    results: [...rest.results, { ...rest.results[0], candidate: 'lib', peer: true, verdict: 'error' }],
    discards: [{ op: 'sgemm', case: 'M64N64K64', variant: 'x', rule: 'in other words', count: 1, of: 2 }],
  };

  test('holds its suites, notes for warnings, the rule in its words, and absent peers as unsupported', () => {
    const file = join(folder, 'old.json');
    writeFileSync(file, JSON.stringify(old));
    const record = loadRecord(file);
    expect(record.suites).toEqual([
      { name: 'sgemm', ops: ['sgemm'], showsEssayResults: false },
      { name: 'more', ops: [], showsEssayResults: false },
    ]);
    expect(record.warnings).toEqual([{ kind: 'note', text: 'The machine was busy.' }]);
    expect(record.discards[0].rule).toBe(discardRule);
    expect(record.candidates.map(({ verdict }) => verdict)).toEqual(['pass', 'unsupported']);
    expect(record.results.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'unsupported']);
    expect(reportRecord(record)).toMatch(/! The machine was busy\.\n/);
  });

  test('is shown by the suites that it holds, whatever they are called today', () => {
    const text = JSON.stringify({ ...old, suite: 'gone' }).replaceAll('sgemm', 'gone');
    const file = join(folder, 'gone.json');
    writeFileSync(file, text);
    const record = loadRecord(file);
    expect(stripVTControlCharacters(reportRecord(record, { perCase: true }))).toMatch(
      /\ngone .*\n[\s\S]*mine-ts +pass +2 +3\.00x/,
    );
    expect(markdownRecord(record)).toMatch(
      /\*\*gone\*\*\n\n\| candidate[\s\S]*\| mine-ts \|[\s\S]*- The machine was busy\./,
    );
  });
});

describe('saving', () => {
  test('what is read is what was saved, and the head alone is the same without the bulk', () => {
    const { record, file } = saveRecord(draft(), folder);
    expect(loadRecord(file)).toEqual(record);
    const { samples, texts, ...summary } = record;
    expect(loadSummary(file)).toEqual(summary);
    expect(samples.length).toBeGreaterThan(0);
    expect(Object.keys(texts)).toEqual(['text1']);
    expect(readdirSync(folder)).toEqual([`${record.id}.json`]);
  });

  test('the head is found where it is longer than one read, and a record laid out otherwise is read whole', () => {
    const long = saveRecord(
      draft({ overrides: { warnings: Array(40).fill({ kind: 'note', text: 'x'.repeat(5000) }) } }),
      folder,
    );
    expect(loadSummary(long.file)).toMatchObject({ warnings: { length: 40 } });
    const pretty = join(folder, 'pretty.json');
    writeFileSync(pretty, JSON.stringify(long.record, null, 2));
    expect(loadSummary(pretty).id).toBe(long.record.id);
  });

  test('attempts are counted by candidate', () => {
    const saved = [1, 2, 3].map((i) => saveRecord(draft({ hash: `${i}` }), folder).record.candidates[0].attempt);
    expect(saved).toEqual([1, 2, 3]);
    expect(saveRecord(draft({ candidate: 'sgemm/other-ts' }), folder).record.candidates[0].attempt).toBe(1);
  });

  test('many processes at once keep every record', async () => {
    const one = join(folder, 'save.ts');
    const store = join(packageRoot, 'src/records/store.ts');
    const made = join(packageRoot, 'test/support/draft.ts');
    writeFileSync(
      one,
      `import { saveRecord } from '${store}'; import { draft } from '${made}';
       for (let i = 0; i < 25; i++) saveRecord(draft(), '${folder}');`,
    );
    const children = [1, 2, 3, 4].map(() => spawn(process.execPath, [one], { stdio: 'inherit' }));
    expect(await Promise.all(children.map(async (child) => (await once(child, 'close'))[0]))).toEqual([0, 0, 0, 0]);
    const { summaries: all, damaged } = summaries(folder);
    expect(damaged).toEqual([]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(100);
  });

  test('a process killed while it saves leaves no half record', async () => {
    const { record } = saveRecord(draft(), folder);
    const one = join(folder, 'save.ts');
    writeFileSync(
      one,
      `import { saveRecord } from '${join(packageRoot, 'src/records/store.ts')}';
       import { draft } from '${join(packageRoot, 'test/support/draft.ts')}';
       const big = draft({ overrides: { texts: Object.fromEntries([1, 2, 3].map((i) => [i, 'x'.repeat(2e6)])) } });
       console.log('ready');
       for (;;) saveRecord(big, '${folder}');`,
    );
    for (const waitMs of [5, 40, 90]) {
      const child = spawn(process.execPath, [one], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const { summaries: all, damaged } = summaries(folder);
    expect(damaged).toEqual([]);
    expect(all.map(({ id }) => id)).toContain(record.id);
  });

  test('what a crash left half-written goes with the next record, and what another process writes now stays', () => {
    const [stale, fresh] = ['.nfold-half-00000000-1-aaaaaaaa', '.nfold-half-00000000-2-bbbbbbbb'];
    for (const name of [stale, fresh]) writeFileSync(join(folder, name), '{');
    utimesSync(join(folder, stale), new Date(), new Date(Date.now() - 2 * 3_600_000));
    saveRecord(draft(), folder);
    expect(readdirSync(folder).filter((name) => name.startsWith('.nfold-half-'))).toEqual([fresh]);
  });
});

describe('finding', () => {
  test('last, last~1, an id or its start, a name, a file, a folder', () => {
    const older = saveRecord(draft({ overrides: { createdAt: '2026-11-25T09:00:00.000Z', name: 'before' } }), folder);
    const newer = saveRecord(draft(), folder);
    const at = (reference: string) => findRecord(`${folder}/${reference}`);
    expect(at('last')).toBe(newer.file);
    expect(at('last~1')).toBe(older.file);
    expect(at('before')).toBe(older.file);
    expect(at('20261125-09')).toBe(older.file);
    expect(findRecord(folder)).toBe(newer.file);
    expect(findRecord(older.file)).toBe(older.file);
    expect(() => at('20261125')).toThrow(/begins 2 records/);
    expect(() => at('last~2')).toThrow(/only 2 records/);
    expect(() => at('after')).toThrow(/No record and no file is called 'after'/);
  });

  test('damaged files are named, and the others are read', () => {
    const { record } = saveRecord(draft(), folder);
    writeFileSync(join(folder, 'cut.json'), '{"schema": "nfold/record@3",');
    writeFileSync(join(folder, 'later.json'), JSON.stringify({ ...record, schema: 'nfold/record@4' }));
    const { summaries: all, damaged } = summaries(folder);
    expect(all.map(({ id }) => id)).toEqual([record.id]);
    expect(damaged).toEqual([
      expect.stringContaining('cut.json is not a record:'),
      expect.stringContaining('later.json is not a record of this version'),
    ]);
  });
});
