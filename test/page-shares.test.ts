import { describe, expect, test } from 'vitest';
import { checkShown, prefixOf, profilesOf } from '../src/page/beside.ts';
import { piecesOf } from '../src/page/pieces.ts';
import { shares, sharesTitle } from '../src/page/shares.ts';
import type { KeptProfile } from '../src/records/profile.ts';
import { recordOf } from '../src/records/store.ts';
import { partsOf } from '../src/report/parts.ts';
import { draft } from './support/draft.ts';
import { candidate, machine, pageOf, profile, record, step, subject, training } from './support/runs.ts';

describe('shares', () => {
  const draw = (one: KeptProfile) => shares(subject({ profiles: [one] }))[0];

  test('are a part for each piece on either side, a ribbon between, a row for each part of the candidate', () => {
    const page = pageOf(draw(profile()));
    const svgs = [...page.querySelectorAll('svg')];
    expect(svgs).toHaveLength(2);
    for (const svg of svgs) {
      expect(svg.querySelectorAll('.seg')).toHaveLength(2 * 4);
      expect(svg.querySelectorAll('.flow')).toHaveLength(4);
      const widths = [...svg.querySelectorAll('.seg')].map((seg) => Number(seg.getAttribute('width')));
      const sum = widths.slice(0, 4).reduce((total, width) => total + width, 0);
      expect(widths[0] / sum).toBeCloseTo(0.6, 2);
      expect(widths.slice(4).reduce((total, width) => total + width, 0)).toBeCloseTo(sum, 0);
      expect(svg.textContent).toContain('10.0× as fast');
      const chip = Number(svg.querySelector('.chip')?.getAttribute('width'));
      expect(chip / sum).toBeCloseTo(0.1, 2);
    }
    const rows = [...page.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toHaveLength(4);
    expect(rows[0]).toEqual([
      'matmul+gelu_forward',
      '0.0340 us',
      '34.0 %',
      '1.52×',
      '0.00300 us',
      '30.0 %',
      '1.43×',
      '11.3×',
    ]);
    expect(rows[3][0]).toBe('rest');
    expect(rows[3].at(-1)).toBe('-');
    expect(page.querySelector('.note')?.textContent).toMatch(/10.0× as fast in it; in the record, that case has 2.00×/);
  });

  test('of a candidate without marks are those of the baseline alone', () => {
    const page = pageOf(draw(profile({}, { ops: null, sumNs: null, stepNs: 400 })));
    for (const svg of page.querySelectorAll('svg')) {
      expect(svg.querySelectorAll('.seg').length).toBeGreaterThan(2);
      expect(svg.querySelectorAll('.flow')).toHaveLength(0);
      expect(svg.textContent).toContain('0.250× as fast');
      expect(svg.textContent).toMatch(/The baseline’s step\s*at the candidate’s scale/);
    }
    expect(page.querySelector('.cap')?.textContent).toContain('marks no ops');
    expect(page.querySelectorAll('thead th')).toHaveLength(4);
  });

  test.each([
    [
      'the same ops lead, and less',
      [
        ['matmul_forward', 6],
        ['gelu_forward', 3],
        ['', 1],
      ],
      /^Matrix products are 90\s% of the baseline’s step and still 60\s% of the candidate’s$/,
    ],
    [
      'the same ops lead, and more',
      [
        ['matmul_forward', 98],
        ['gelu_forward', 1],
        ['', 1],
      ],
      /step and 98\s% of the candidate’s$/,
    ],
    [
      'other ops lead',
      [
        ['matmul_forward', 2],
        ['gelu_forward', 7],
        ['', 1],
      ],
      /step; in the candidate’s, the most is gelu with 70\s%$/,
    ],
    [
      'waiting leads',
      [
        ['matmul_forward', 2],
        ['gelu_forward', 1],
        ['', 7],
      ],
      /step; in the candidate’s, the most is the rest with 70\s%$/,
    ],
    [
      'all is one group',
      [
        ['matmul_forward gelu_forward', 9],
        ['', 1],
      ],
      /^Matrix products and gelu are 99\s% of the baseline’s step and still 90\s%/,
    ],
    ['nothing is marked', null, /^Matrix products are 90\s% of the baseline’s step$/],
  ] as const)('title: %s', (_, times, title) => {
    const before = step([
      ['matmul_forward', 90],
      ['gelu_forward', 9],
      ['', 1],
    ]).ops;
    expect(sharesTitle(partsOf(before, times && step(times).ops))).toMatch(title);
  });

  test('have no more pieces than colours, and lose no time', () => {
    const ops = [...Array.from({ length: 30 }, (_, i) => [`op${i}_forward`, i + 1] as const), ['', 3] as const];
    const pieces = piecesOf(partsOf(step(ops).ops, step(ops).ops));
    expect(pieces).toHaveLength(8);
    expect(pieces.at(-1)?.name).toBe('rest');
    expect(pieces.reduce((sum, { baseline: { share } }) => sum + share, 0)).toBeCloseTo(1);
    expect(pieces.flatMap((piece) => piece.ops).sort()).toEqual(ops.flatMap(([op]) => op || []).sort());
  });

  test.each([
    ['no profile', {}],
    [
      'a profile of other sources',
      {
        variants: [
          { id: 'train_gpt2/baseline', hash: 'bbbb' },
          { id: candidate, hash: 'cccc' },
        ],
      },
    ],
    [
      'a profile against another baseline',
      {
        variants: [
          { id: 'train_gpt2/baseline', hash: 'cccc' },
          { id: candidate, hash: 'aaaa' },
        ],
      },
    ],
    ['a profile of another machine', { machine: { ...machine, class: 'arm-neon-4c' } }],
    [
      'a profile that timed nothing',
      { profiles: [{ ...profile().profiles[0], baseline: { stepNs: 0, ops: null, sumNs: null } }] },
    ],
  ])('with %s are one sentence with the command', (what, about) => {
    const [section, ...others] = shares(subject({ profiles: what === 'no profile' ? [] : [profile(about)] }));
    expect(others).toEqual([]);
    expect(pageOf(section).querySelector('.cap')?.textContent).toContain(`nfold profile ${candidate} makes one`);
    expect(pageOf(section).querySelector('svg')).toBeNull();
  });

  test('of other suites are not looked for', () => {
    expect(shares(subject({}, [recordOf(draft())]))).toEqual([]);
  });
});

describe('a run beside a record', () => {
  const other = profile({
    id: 'other',
    variants: [
      { id: 'train_gpt2/baseline', hash: 'cccc' },
      { id: candidate, hash: 'cccc' },
    ],
  });

  test('is the newest of the same sources', () => {
    const profiles = [other, profile({ id: 'newer' }), profile({ id: 'older' })];
    expect(profilesOf(subject({ profiles })).map(({ run }) => run.id)).toEqual(['newer']);
  });

  test('that is named is shown with what differs, at the record that it fits best', () => {
    const far = { ...record().machine, class: 'arm-neon-4c' };
    const records = [record(), record({ overrides: { machine: far } })];
    const named = { ...other, machine: far };
    const found = profilesOf(subject({ profiles: [named], named: [named] }, records));
    expect(found.map(({ view, differs }) => [view.machine, differs])).toEqual([
      [
        'arm-neon-4c',
        ['Its candidate is of another source than that of the record.', 'Its baseline is not that of the record.'],
      ],
    ]);
  });

  test('is told from the others by what differs: candidates, machines', () => {
    const machineOf = (name: string) => ({ ...machine, class: name });
    const records = ['a', 'b'].map((name) => record({ overrides: { machine: machineOf(name) } }));
    const profiles = ['a', 'b'].map((name) => profile({ machine: machineOf(name) }));
    const titles = shares(subject({ profiles }, records)).map(({ id, title }) => `${id} ${title.split('atrix')[0]}`);
    expect(titles).toEqual(['shares a: M', 'shares2 b: M']);
    const one = profilesOf(subject({ profiles: [profile({ machine: machineOf('a') })] }, records))[0];
    const mean = { ...one.mean, candidate: 'train_gpt2/yours' };
    expect(prefixOf(one, [one, { ...one, mean }])).toBe('mine-ts: ');
    expect(prefixOf(one, [one])).toBe('');
  });

  test('that is named, of a candidate that is not shown, is refused', () => {
    const named = training({ candidate: 'train_gpt2/z' });
    expect(() => checkShown(subject({ trainings: [named], named: [named] }))).toThrow(
      /^The training x is of no candidate/,
    );
  });
});
