/** Odd files and folders among records and kernels: each is passed over and told, and ends nothing. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type Problem, scan } from '../src/catalog/candidates.ts';
import { findRecord } from '../src/records/find.ts';
import { loadRecord, saveRecord, summaries } from '../src/records/store.ts';
import { nfold, start } from './support/command.ts';
import { draft } from './support/draft.ts';
import { isRoot, oddities } from './support/odd.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('records', () => {
  let records: string;
  beforeEach(() => {
    records = mkdtempSync(join(folder, 'records-'));
  });
  /** Named as records are: newer and older than any. */
  const around = (name: string) => {
    const hex = createHash('sha256').update(name).digest('hex').slice(0, 4);
    return ['00000000-000000', '99999999-999998'].map((date) => join(records, `${date}-${hex}.json`));
  };
  const contents: readonly (readonly [string, string | Buffer])[] = [
    ['an empty one', ''],
    ['one of one byte', '}'],
    ['a number', '5'],
    ['null', 'null'],
    ['a list', '[]'],
    ['half a one', '{"schema": "nfold/record@2",'],
    ['a binary one', Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256))],
    ['one that ends as a record', '\n}\n'],
    ['one of a version like a word of ours', '{"schema": "constructor"}'],
    ['one of a version like another', '{"schema": "__proto__"}'],
  ];

  test.skipIf(process.platform === 'win32')('odd ones around a good one are passed over and told', () => {
    const older = saveRecord(draft({ overrides: { createdAt: '2026-01-01T00:00:00.000Z', name: 'older' } }), records);
    const { record, file } = saveRecord(draft(), records);
    for (const [name, , make] of oddities) around(name).forEach(make);
    for (const [name, content] of contents) for (const file of around(name)) writeFileSync(file, content);
    const count = oddities.length + contents.length;
    const { summaries: good, damaged } = summaries(records);
    expect(good.map(({ id }) => id)).toEqual([older.record.id, record.id]);
    expect(damaged).toHaveLength(2 * count);
    for (const sentence of damaged) expect(sentence).toMatch(/^[^\p{Cc}]*\.json [^\p{Cc}]*\. It is passed over\.$/u);

    const told: string[] = [];
    expect(findRecord(join(records, 'last'), (sentence) => told.push(sentence))).toBe(file);
    expect(told).toHaveLength(count);
    expect(findRecord(join(records, 'last~1'))).toBe(older.file);
    expect(findRecord(join(records, 'older'))).toBe(older.file);
    expect(() => findRecord(join(records, 'last~2'))).toThrow(/only 2 records/);
    for (const damagedFile of around('an empty one'))
      expect(() => loadRecord(findRecord(damagedFile))).toThrow(/it is empty/);
    // Behind whatever lies there.
    expect(saveRecord(draft(), records).file).toBe(findRecord(join(records, 'last')));
  });

  test('a name with a newline is told on one line', () => {
    writeFileSync(join(records, 'a\nb\u001b[31m.json'), '');
    expect(summaries(records).damaged).toEqual([
      expect.stringMatching(/a b \[31m\.json is not a record: it is empty\. It/),
    ]);
  });

  test('a folder of records that is none is told, and found to have none', () => {
    const file = join(folder, 'records-file');
    writeFileSync(file, '');
    expect(summaries(file)).toEqual({
      summaries: [],
      damaged: [expect.stringMatching(/records-file is no folder\. It/)],
    });
    const link = join(folder, 'records-link');
    symlinkSync('/nowhere', link);
    expect(summaries(link).damaged).toEqual([expect.stringMatching(/records-link is a link that leads nowhere\. It/)]);
    expect(summaries(join(file, 'below')).damaged).toHaveLength(1);
    expect(summaries(join(folder, 'nothing'))).toEqual({ summaries: [], damaged: [] });
  });

  test.skipIf(isRoot)('a folder of records that may not be read is told (root may read all)', () => {
    chmodSync(records, 0);
    expect(summaries(records).damaged).toEqual([expect.stringMatching(/may not be read\. It/)]);
    chmodSync(records, 0o700);
  });

  test('an old half that cannot be removed keeps no record from being saved', () => {
    mkdirSync(join(records, '.half-1/x'), { recursive: true });
    symlinkSync('.half-2', join(records, '.half-2'));
    expect(saveRecord(draft(), records).file).toContain(records);
    expect(readdirSync(records)).toHaveLength(3);
  });
});

describe('kernels/', () => {
  const work = (prepare: (root: string) => void): readonly Problem[] => {
    const root = mkdtempSync(join(folder, 'work-'));
    prepare(root);
    return scan([root]).problems.map(({ file, ...rest }) => ({ ...rest, file: file.slice(root.length + 1) }));
  };

  test('as a file, a link to nothing or a link to itself is a problem', () => {
    const top = (message: string) => [{ file: 'kernels', op: null, message: `${message}: mend it, or take it away` }];
    expect(work((root) => writeFileSync(join(root, 'kernels'), ''))).toEqual(top('is no folder'));
    expect(work((root) => symlinkSync('gone', join(root, 'kernels')))).toEqual(top('is a link that leads nowhere'));
    expect(work((root) => symlinkSync('kernels', join(root, 'kernels')))).toEqual(
      top('is a link that leads back to itself'),
    );
    expect(work(() => {})).toEqual([]);
  });

  test('may hold links up, to itself and to each other: no folder is searched twice', () => {
    const problems = work((root) => {
      for (const op of ['sgemm', 'adamw']) mkdirSync(join(root, 'kernels', op), { recursive: true });
      for (const [at, to] of [
        ['loop', '.'],
        ['adamw/up', '../..'],
        ['adamw/beside', '../sgemm'],
        ['gelu_forward', 'sgemm'],
      ])
        symlinkSync(to, join(root, 'kernels', at));
      writeFileSync(join(root, 'kernels/sgemm/mine.wat'), '');
    });
    expect(problems.map(({ file, op }) => [file, op])).toEqual([
      ['kernels/adamw/beside', 'adamw'],
      ['kernels/adamw/up', 'adamw'],
      ['kernels/gelu_forward', 'gelu_forward'],
      ['kernels/loop', null],
    ]);
    for (const { message } of problems) expect(message).toMatch(/^is a link to a folder that is searched already/);
  });

  test('may be put together from links to folders elsewhere', () => {
    const root = mkdtempSync(join(folder, 'work-'));
    mkdirSync(join(root, 'mine'));
    writeFileSync(join(root, 'mine/own.wat'), '');
    mkdirSync(join(root, 'kernels'));
    symlinkSync('../mine', join(root, 'kernels/sgemm'));
    expect(scan([root])).toMatchObject({ candidates: [{ id: 'sgemm/own' }], problems: [] });
  });

  test('what an editor, a note or a shared piece leaves there is none of our business', () => {
    const left = ['sgemm/.#mine.ts', 'sgemm/notes.md', 'common/gone.ts', '.git'];
    const problems = work((root) => {
      for (const name of ['sgemm', 'common']) mkdirSync(join(root, 'kernels', name), { recursive: true });
      for (const name of left) symlinkSync('/nowhere', join(root, 'kernels', name));
    });
    expect(problems).toEqual([]);
  });

  test.skipIf(isRoot)('a folder in it that may not be read is a problem of its op (root may read all)', () => {
    const root = mkdtempSync(join(folder, 'work-'));
    const file = join(root, 'kernels/sgemm');
    mkdirSync(file, { recursive: true });
    chmodSync(file, 0);
    const { problems } = scan([root]);
    chmodSync(file, 0o700);
    expect(problems).toEqual([{ file, op: 'sgemm', message: 'may not be read: mend it, or take it away' }]);
  });
});

describe.skipIf(process.platform === 'win32')('nfold, as a process', () => {
  test('does not wait at a pipe, and lists what is left among odd files', async () => {
    const cwd = mkdtempSync(join(folder, 'work-'));
    for (const name of ['.nfold/records', 'kernels/sgemm']) mkdirSync(join(cwd, name), { recursive: true });
    execFileSync('mkfifo', [
      join(cwd, 'pipe'),
      join(cwd, '.nfold/records/pipe.json'),
      join(cwd, 'kernels/sgemm/pipe.ts'),
    ]);
    symlinkSync('.', join(cwd, 'kernels/loop'));
    writeFileSync(join(cwd, 'kernels/sgemm/a\nb.ts'), '');
    writeFileSync(join(cwd, '.nfold/records/20261101-000000-aaaa.json'), '');
    const [listed, trained, shown] = await Promise.all([
      nfold(['list', 'sgemm'], { cwd }),
      nfold(['train', '--text', 'pipe'], { cwd }),
      nfold(['show'], { cwd }),
    ]);
    expect(listed.code).toBe(0);
    expect(listed.stdout).toMatch(/^x kernels\/sgemm\/pipe\.ts: is a named pipe: mend it, or take it away$/m);
    expect(listed.stdout).toMatch(/^x kernels\/sgemm\/a b\.ts: the name 'a b' should be/m);
    expect(listed.stderr.match(/It is passed over\.$/gm)).toHaveLength(2);
    expect(trained).toMatchObject({
      code: 2,
      stderr: 'nfold: The text pipe is a named pipe: give --text a readable file.\n',
    });
    expect(shown).toMatchObject({ code: 3, stderr: expect.stringContaining('There is no record here yet') });
  });

  test('in a folder that is gone it says so', async () => {
    const cwd = mkdtempSync(join(folder, 'work-'));
    const { outcome } = start(['list'], {
      cwd: folder,
      behind: ['sh', '-c', `cd ${cwd} && rmdir ${cwd} && exec "$@"`, 'sh'],
    });
    expect(await outcome).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no longer there: go to another one.'),
    });
  });
});
