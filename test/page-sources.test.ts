/** The sources on the page: what each is compared with, how the change shows, and what is left out. */
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { highlighted, linesOf } from '../src/page/highlight.ts';
import { pageOf } from '../src/page/page.ts';
import { sources } from '../src/page/sources.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { draft } from './support/draft.ts';

const lines = (count: number, mark = 'line') => Array.from({ length: count }, (_, i) => `const ${mark}${i} = ${i};`);
const text = (...all: readonly string[]) => `${all.join('\n')}\n`;

/** Its first candidate is the fastest. */
function recordOf(named: { readonly [candidate: string]: string }, baseline: string | null = null, id = 'a'): Record {
  const record = draft();
  const rows = Object.keys(named).map((name) => `sgemm/${name}`);
  const each = <T extends object>([row]: readonly T[]) => rows.map((candidate) => ({ ...row, candidate }));
  return {
    ...{ ...record, id, createdAt: `2026-11-2${id === 'a' ? 5 : 6}T10:00:00.000Z`, results: each(record.results) },
    means: each(record.means).map((mean, i) => ({ ...mean, arithmetic: { value: 9 - i, low: 8 - i, high: 10 - i } })),
    candidates: each(record.candidates).map((one) => ({
      ...{ ...one, hash: `of ${one.candidate} ${id}` },
      sources: [{ path: `kernels/${one.candidate}.ts`, hash: `${one.candidate} ${id}` }],
    })),
    baselines: [
      {
        op: 'sgemm',
        hash: 'b',
        sources: baseline === null ? [] : [{ path: 'baselines/sgemm/baseline.ts', hash: 'base' }],
      },
    ],
    texts: {
      ...Object.fromEntries(Object.entries(named).map(([name, source]) => [`sgemm/${name} ${id}`, source])),
      ...(baseline === null ? {} : { base: baseline }),
    },
  };
}

const shown = (...records: readonly Record[]) => {
  const found = parseHTML(pageOf(subjectOf(records))).document.querySelector('#sources');
  if (!found) throw new Error('no section');
  return found;
};
const besideOf = (...records: readonly Record[]) =>
  /Beside (.*)\.$|nothing/.exec(shown(...records).querySelector('.what')?.textContent ?? '')?.[1];

describe('what a source is compared with', () => {
  const own = text(...lines(10));
  const near = text(...lines(4), ...lines(6, 'other'));
  const far = text(...lines(2), ...lines(8, 'other'));
  test.each<[string, Record[], string | undefined]>([
    ['nothing', [recordOf({ a: own })], undefined],
    ['the baseline', [recordOf({ a: own }, far)], 'the baseline'],
    [
      'the next slower candidate with 40 % of its lines',
      [recordOf({ a: own, b: near }, far)],
      'the next slower candidate, sgemm/b',
    ],
    ['not one with 20 %', [recordOf({ a: own, b: far }, near)], 'the baseline'],
    ['not the one after it', [recordOf({ a: own, b: far, c: near }, far)], 'the baseline'],
    [
      'its earlier source',
      [recordOf({ a: far }), recordOf({ a: own, b: near }, far, 'b')],
      'its earlier source, in record a',
    ],
  ])('%s', (_, records, name) => expect(besideOf(...records)).toBe(name));

  test('an earlier source that is the same is none', () => {
    const [first, second] = [recordOf({ a: own }), recordOf({ a: own }, far, 'b')];
    second.candidates[0].sources = first.candidates[0].sources;
    expect(besideOf(first, { ...second, texts: { ...second.texts, ...first.texts } })).toBe('the baseline');
  });
});

describe('a change', () => {
  const before = text(...lines(30), 'old();', 'shared(\u202e);');
  const after = text(...lines(30), 'new\x1b[31m();', 'added();', 'shared(\u202e);');
  const section = shown(recordOf({ a: after, b: before }));
  const text_ = (selector: string) => [...section.querySelectorAll(selector)].map((one) => one.textContent);

  test('has signs, words for those who do not see them, and is counted', () => {
    expect(text_('.source pre.added')).toEqual(['2 added lines: + new\\u001b[31m();\n+ added();\n']);
    expect(text_('.source pre.removed')).toEqual(['1 removed line: − old();\n']);
    expect(text_('summary')[0]).toBe('kernels/sgemm/a.ts 33 lines, +2 −1');
  });

  test('folds what did not change, but for three lines at each edge', () => {
    expect(text_('.source details summary')).toEqual(['24 more unchanged lines']);
    expect(text_('.source > pre.same').map((one) => one?.split('\n').length)).toEqual([4, 4, 2]);
  });

  test('all lines are there, in order; files are closed', () => {
    const kept = text_('.source pre:not(.removed)').join('').replace('2 added lines: ', '');
    expect(kept.split('\n').map((line) => line.slice(2))).toEqual([...linesOf(after), '']);
    expect(section.querySelector('details[open]')).toBeNull();
  });
});

describe('limits', () => {
  const about = (record: Record) =>
    [...shown(record).querySelectorAll('.file > summary, p.file')].map((one) => one.textContent ?? '');

  test('a long file is cut, and says so', () => {
    const [said] = about(recordOf({ a: text(...lines(5000)) }, 'x\n'));
    expect(said).toBe('kernels/sgemm/a.ts the first 24,000 characters of 5000 lines; the record holds the rest');
    expect(shown(recordOf({ a: '\u202e'.repeat(1e5) })).textContent?.length).toBeLessThan(26_000);
  });

  test('a file that has little in common is shown whole', () => {
    const [said] = about(recordOf({ a: text(...lines(1000, 'x')) }, text(...lines(900, 'y'))));
    expect(said).toBe('kernels/sgemm/a.ts 1000 lines, of which too many differ for a comparison');
  });

  test('a ready-made module is named', () => {
    const [said] = about(recordOf({ a: `data:application/wasm;base64,${'A'.repeat(5000)}` }));
    expect(said).toBe('kernels/sgemm/a.ts a ready-made module, 5,029 characters as a data URL');
  });

  test('a page holds ten long files, and names the others', () => {
    const record = recordOf({ a: text(...lines(2000)) });
    const paths = Array.from({ length: 30 }, (_, i) => ({ path: `f${i}.ts`, hash: `f${i}` }));
    record.candidates[0].sources = paths;
    const texts = Object.fromEntries(paths.map(({ hash }) => [hash, text(...lines(2000, hash))]));
    expect(about({ ...record, texts }).filter((one) => one.includes('no room'))).toHaveLength(20);
  });

  test.each<[string, Record, string | undefined]>([
    ['no texts', { ...recordOf({ a: 'x\n' }), texts: {} }, 'The sources are not in these records'],
    [
      'a hash that every object has',
      {
        ...recordOf({ a: 'x\n' }),
        candidates: [{ ...recordOf({ a: '' }).candidates[0], sources: [{ path: 'a', hash: 'constructor' }] }],
      },
      'The sources are not in these records',
    ],
    ['one', recordOf({ a: 'x\n' }, 'y\n'), 'The source of sgemm/a, beside the baseline'],
    [
      'no mean',
      { ...recordOf({ a: 'x\n' }), means: recordOf({ a: '' }).means.map((mean) => ({ ...mean, arithmetic: null })) },
      undefined,
    ],
  ])('%s', (_, record, title) => expect(sources(subjectOf([record]))[0]?.title).toBe(title));
});

describe('colours', () => {
  const kinds = (path: string, source: string) => parseHTML(`<!doctype html>${shownLines(path, source)}`).document;
  const shownLines = (path: string, source: string) => {
    const record = recordOf({ a: source });
    record.candidates[0].sources[0].path = path;
    return shown(record).outerHTML;
  };
  test.each([
    ['x.as.ts', 'const x = 1; // note', ['const', '1', '// note']],
    ['x.wasm.ts', `f(\`a\${1}b\`, 'c')`, ['f', '`a', '1', 'b`', "'c'"]],
    ['x.wat', '(func (i32.const 1)) ;; note', ['func', 'i32.const', '1', ';; note']],
    ['x.c', 'return 1; /* note */', ['return', '1', '/* note */']],
    ['x.wasm', 'const x = 1', []],
    ['x', 'const x = 1', []],
  ])('%s: %s', (path, source, words) => {
    expect([...kinds(path, source).querySelectorAll('.source pre span')].map((one) => one.textContent)).toEqual(words);
  });

  test('a comment over lines, and templates thousands deep, keep their lines', () => {
    for (const source of ['/* a\n b */ c', `\`$\{\n`.repeat(4000)]) {
      const all = linesOf(source);
      expect(highlighted(all, 'x.ts', Infinity).map((line) => line.text)).toEqual(all);
    }
  });
});
