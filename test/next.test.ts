/** The commands that a bench proposes at its end fit its outcome; a history shows what there is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { historyOf } from '../src/analysis/series.ts';
import { next } from '../src/commands/next.ts';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import type { Draft } from '../src/records/schema.ts';
import { recordOf, saveRecord } from '../src/records/store.ts';
import { nfold } from './support/command.ts';
import { draft } from './support/draft.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-next-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = Draft['candidates'][number];
const [passed] = draft().candidates;
const failed: Row = {
  ...passed,
  candidate: 'sgemm/bad-ts',
  verdict: 'fail',
  message: 'it differs',
  replay: 'nfold verify sgemm/bad-ts --case M1',
};
const error = { code: 'build' as const, message: 'no', file: null, line: null, column: null, hint: null };
const broken: Row = { ...passed, candidate: 'sgemm/torn-ts', verdict: 'error', message: 'no', error };
const lacking: Row = { ...passed, candidate: 'sgemm/new-ts', verdict: 'unsupported', message: 'no flag', error };
const withheld = draft().means.map((mean) => ({
  ...mean,
  arithmetic: null,
  cases: 1,
  withheld: '1 of the 13 cases of sgemm were timed',
}));

describe('after a bench', () => {
  /** The proposed commands, without the words that start nfold. */
  const proposed = (overrides: Partial<Draft>, selectors = ['sgemm/mine-ts']) => {
    const record = recordOf(draft({ overrides }));
    const text = inWorkspace(workspaceAt(folder), () => next({ record, file: join(folder, 'x.json') }, selectors));
    const lines = text.split('\n').slice(2);
    return lines.map((line) =>
      line
        .trim()
        .split(/ {2,}/)[0]
        .replace(/^.*nfold(\.js)? /, '')
        .replace(/^new sgemm\/mine\d*-ts$/, 'new'),
    );
  };

  test.each<[string, Partial<Draft>, string[]]>([
    ['all is well', {}, ['show', 'report', 'bench sgemm/mine-ts', 'list', 'new']],
    ['with more effort', { effort: 'default' }, ['show', 'report', 'bench sgemm/mine-ts --thorough', 'list', 'new']],
    ['with all effort', { effort: 'thorough' }, ['show', 'report', 'list', 'new']],
    [
      'one fails',
      { candidates: [passed, failed] },
      ['verify sgemm/bad-ts --case M1', 'verify sgemm/bad-ts', 'show', 'report', 'bench sgemm/mine-ts', 'list'],
    ],
    [
      'none passes',
      { candidates: [failed], samples: [] },
      ['verify sgemm/bad-ts --case M1', 'verify sgemm/bad-ts', 'list'],
    ],
    ['one does not build', { candidates: [broken], samples: [] }, ['verify sgemm/torn-ts', 'list']],
    ['this machine lacks something', { candidates: [lacking], samples: [] }, ['doctor', 'list', 'new']],
    [
      'a part of the cases',
      { caseFilter: 'M64*', means: withheld },
      ['show', 'report', 'bench sgemm/mine-ts', "bench sgemm/mine-ts --case 'M64*'", 'list', 'new'],
    ],
    [
      'interrupted',
      { interrupted: true, caseFilter: 'M64*' },
      ["bench sgemm/mine-ts --case 'M64*' --quick", 'show', 'report', 'list', 'new'],
    ],
    [
      'interrupted before it was verified',
      { interrupted: true, samples: [], candidates: [{ ...broken, error: { ...error, code: 'interrupted' } }] },
      ['bench sgemm/mine-ts --quick', 'list'],
    ],
  ])('%s', (_, overrides, commands) => expect(proposed(overrides)).toEqual(commands));

  test('without a selector', () => {
    expect(proposed({}, [])).toEqual(['show', 'report', 'bench sgemm', 'list', 'new']);
    expect(proposed({ interrupted: true }, [])[0]).toBe('bench --quick');
  });
});

describe('a history', () => {
  const made = (day: number, overrides: Partial<Draft>) =>
    draft({ overrides: { createdAt: `2026-11-1${day}T10:00:00.000Z`, ...overrides } });
  const one = { means: withheld, results: draft().results.slice(0, 1) };
  const records = [
    made(1, {}),
    made(2, { means: withheld }),
    made(3, one),
    made(4, { candidates: [{ ...passed, verdict: 'fail' }], results: [], means: [] }),
    made(5, { results: [], means: [] }),
  ];

  test('has the mean, that of the measured cases, or why there is none', () => {
    const moments = historyOf(
      records.map((record) => recordOf(record)),
      'sgemm/mine-ts',
    );
    const why = '1 of the 13 cases of sgemm were timed';
    expect(moments.map(({ part, withheld }) => ({ part, withheld }))).toMatchObject([
      { part: null, withheld: null },
      { part: { cases: ['M64N64K64', 'M128N128K128'], speedup: expect.closeTo(3, 1) }, withheld: why },
      { part: { cases: ['M64N64K64'], speedup: expect.closeTo(2, 1) }, withheld: why },
      { part: null, withheld: 'fail' },
      { part: null, withheld: 'it was not timed' },
    ]);
  });

  test('says why there is no speedup', async () => {
    for (const record of records) saveRecord(record, join(folder, '.nfold/records'));
    const { stdout } = await nfold(['history', 'sgemm/mine-ts', '--wide'], { cwd: folder });
    const rows = stdout
      .split('\n')
      .slice(2, 7)
      .map((row) => row.replace(/.* (pass|fail) +/, '').replace(/ +[┊├─●┤]+ */g, ' | '));
    expect(rows).toEqual([
      expect.stringMatching(/^3\.00x +\[/),
      '3.00x | of a part: 1 of the 13 cases of sgemm were timed',
      '2.00x | at M64N64K64 alone: 1 of the 13 cases of sgemm were timed',
      '- | none: fail',
      '- | none: it was not timed',
    ]);
    const at = await nfold(['history', 'sgemm/mine-ts', '--case', 'M128N128K128'], { cwd: folder });
    expect(at.stdout.match(/none: it was not\s+timed/g)).toHaveLength(2);
  });
});
