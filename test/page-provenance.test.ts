/** Where the page says that its numbers come from: warnings with remedies, facts of each run, programs, and the commands that repeat them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { loadRecord } from '../src/records/store.ts';
import type { Warning } from '../src/records/warning.ts';
import { draft, type Made } from './support/draft.ts';

const recordOf = (overrides: NonNullable<Made['overrides']> = {}, id = 'a', made: Made = {}): Record => ({
  ...draft({ ...made, overrides }),
  id,
});

function shown(...records: readonly Record[]) {
  const { document } = parseHTML(pageOf(subjectOf(records)));
  const section = document.querySelector('#provenance');
  const texts = (selector: string) =>
    [...(section?.querySelectorAll(selector) ?? [])].map((one) => one.textContent ?? '');
  const facts = Object.fromEntries(
    texts('.kv dt').map((what, i) => [
      what,
      [...section!.querySelectorAll('.kv dd')[i].children].map((one) => one.textContent),
    ]),
  );
  return { title: texts('h2')[0], texts, facts };
}

const busy: Warning = { kind: 'busy', load: 2.9, cores: 2 };
const virtual: Warning = { kind: 'virtual' };
const note = (text: string): Warning => ({ kind: 'note', text });
const later = {
  createdAt: '2026-11-26T10:00:00.000Z',
  suites: [{ name: 'other', ops: ['sgemm'], showsEssayResults: false }],
};
/** A second record that is shown as well, as its suite is another one. */
const second = (overrides: NonNullable<Made['overrides']> = {}) => {
  const record = recordOf({ ...later, ...overrides }, 'b');
  return { ...record, means: record.means.map((mean) => ({ ...mean, suite: 'other' })) };
};

describe('warnings', () => {
  test.each<[string, readonly Record[], string]>([
    ['none', [recordOf()], 'No warnings were recorded for this run'],
    ['one', [recordOf({ warnings: [busy] })], '1 thing may have disturbed this run, with a remedy'],
    [
      'two, in both runs',
      [recordOf({ warnings: [busy, virtual] }), second({ warnings: [virtual] })],
      '2 things may have disturbed these 2 runs, each with a remedy',
    ],
    [
      'sentences of an old record',
      [recordOf({ warnings: [note('It was busy.'), note('It was hot.')] })],
      '2 things may have disturbed this run',
    ],
  ])('%s', (_, records, title) => expect(shown(...records).title).toBe(title));

  test('what was seen stands beside its remedy, with the record unless all say so', () => {
    const { texts } = shown(recordOf({ warnings: [busy, virtual] }), second({ warnings: [virtual] }));
    expect(texts('.warn tbody th')).toEqual(['Busy at the start', 'Virtual machine']);
    expect(texts('.warn tbody td')).toEqual([
      'The machine was busy at the start: a load of 2.9 on 2 cores. (a)',
      'Close other programs and run again.',
      'This is a virtual machine: nfold cannot see what its neighbours do to caches and memory.',
      'Repeat the run before you trust a small difference.',
    ]);
  });

  test('sentences without a remedy are a list', () => {
    const { texts } = shown(recordOf({ warnings: [note('It was busy.'), busy] }), second());
    expect(texts('.notes li')).toEqual(['It was busy. (a)']);
    expect(texts('.warn tbody tr')).toHaveLength(1);
  });
});

describe('facts', () => {
  test('what the runs have in common is said once, and the rest with its record', () => {
    const { facts } = shown(
      recordOf({ threads: null, commitment: { hash: 'c0', secret: '5ec' } }),
      second({ seed: 2, caseFilter: '*64' }),
    );
    expect(facts).toMatchObject({
      Machine: ['A, 2 cores, 16 GiB, linux 6 x64'],
      Runtime: ['nfold 0.1.0, Node 26.10.0, V8 14.6'],
      Effort: ['quick, 1 s'],
      Rounds: ['3 for each case'],
      Seed: ['1 (a)', '2 (b)'],
      Threads: ['at most 2 (b)'],
      Commitment: ['c0, the SHA-256 of 5ec (a)'],
      Cases: ['only those that fit *64 (b)'],
      'V8 flags': ['none'],
    });
  });

  test('flags are those of their candidates', () => {
    const { facts } = shown(recordOf({}, 'a', { flags: ['--no-liftoff'] }));
    expect(facts['V8 flags']).toEqual(['--no-liftoff for sgemm/mine-ts; baselines run without']);
  });

  test('each record has a row, with its name and note; each program its hash, files, checks and attempt', () => {
    const older = recordOf({ name: 'first', note: 'before the change' });
    const newest = recordOf({ createdAt: '2026-11-26T10:00:00.000Z' }, 'b', { hash: 'cccc' });
    const { texts } = shown(older, newest);
    expect(texts('.scroll')[0]).toMatch(/afirst2026-11-25 10:00sgemmquickamd-zen3-avx2-2c0before the change/);
    // The older one is not shown: what ran is what the numbers are of.
    expect(texts('[aria-label="Values of the programs"] tbody tr')).toEqual([
      'sgemm/baselinebbbb–––',
      'sgemm/mine-tscccc110–',
    ]);
  });

  test('a run without a timed call', () =>
    expect(shown(recordOf({ samples: [] })).facts.Rounds).toEqual(['none, as nothing was timed']));
});

describe('commands', () => {
  test('of a record: reproduce, bench on its seed, this page, and verify for each candidate', () => {
    const { texts } = shown(recordOf({ seed: 7, caseFilter: 'M64*', effort: 'thorough' }));
    expect(texts('.command')).toEqual([
      'npx nfold reproduce a',
      "npx nfold bench sgemm/mine-ts --case 'M64*' --thorough --seed 7 --threads 2",
      'npx nfold report a -o report.html',
      'npx nfold verify sgemm/mine-ts --seed 7 --thorough',
    ]);
  });

  test('a record without sources cannot be reproduced, and one of many candidates is run by its suite', () => {
    const { candidates } = recordOf();
    const many = Array.from({ length: 7 }, (_, i) => ({ ...candidates[0], candidate: `sgemm/c${i}-ts` }));
    const { texts } = shown(recordOf({ texts: {}, candidates: many, threads: null }));
    expect(texts('.command').slice(0, 2)).toEqual([
      'npx nfold bench sgemm --quick --seed 1',
      'npx nfold report a -o report.html',
    ]);
    expect(texts('details .command')).toHaveLength(7);
  });
});

describe('size', () => {
  const published = join(packageRoot, 'bench/records');

  test('the published records make a page far below 2 MB', () => {
    const records = readdirSync(published)
      .filter((name) => name.endsWith('.json'))
      .map((name) => loadRecord(join(published, name)));
    expect(Buffer.byteLength(pageOf(subjectOf(records)))).toBeLessThan(1.5e6);
  });

  test('forty records are a row each; the newest one in full', () => {
    const all = Array.from({ length: 40 }, (_, i) =>
      recordOf({ createdAt: `2026-11-25T10:${10 + i}:00.000Z`, seed: i }, `r${i}`),
    );
    const { texts, facts } = shown(...all);
    expect(texts('[aria-label="Values of the records"] tbody tr')).toHaveLength(40);
    expect(facts.Seed).toEqual(['39']);
  });

  test('a record of version 1', () => {
    const { title, texts } = shown(loadRecord(join(packageRoot, 'test/fixtures/records/version-1.json')));
    expect(title).toBe('No warnings were recorded for this run');
    expect(texts('.command')[0]).toMatch(/^npx nfold bench train_gpt2 sgemm --quick --seed \d+/);
  });
});
