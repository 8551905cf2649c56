/** A record whose every word tries to be markup, a script, a link or a control sequence: the page stays the page that it is with harmless words. */
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import { Record } from '../src/records/schema.ts';
import { upgrade } from '../src/records/upgrade.ts';
import { escapes, raw, small } from './support/hostile.ts';

const attack = `</style></script><script>alert(1)</script>"><img src=x onerror=alert(1)>'><a href="javascript:alert(1)">&lt;b&amp;${escapes}`;

/** Words of nfold's own, which a schema allows alone. */
const fixed = /^(schema|createdAt|measuredAt|effort|verdict|tier|bound|unit|kind|rule|comparison|code|seed)$/;

/** Of version 3, with what only failures have. */
function record(): object {
  const old = upgrade(small()) as { candidates: object[]; warnings: object[] };
  const finding = {
    reason: 'r',
    where: 'w',
    case: 'c',
    distribution: 'd',
    seed: 1,
    got: 1,
    want: 2,
    error: 1,
    bound: 0.1,
    elements: { tensor: 'C', wrong: 2, of: 4, shared: 's' },
  };
  const error = { code: 'build', message: 'm', file: 'f', line: 1, column: 2, hint: 'h' };
  const [first] = old.candidates;
  const failed = { ...first, verdict: 'fail', message: 'm', replay: 'npx nfold verify x' };
  const clock = { kind: 'clock', variant: 'v', case: 'c', timeNs: 1, clockNs: 1 };
  return {
    ...old,
    ...{ name: 'n', note: 'n', caseFilter: 'c', interrupted: true, warnings: [...old.warnings, clock] },
    candidates: [
      ...old.candidates,
      { ...failed, candidate: 'wrong', finding },
      { ...failed, candidate: 'broken', verdict: 'error', message: null, error },
    ],
  };
}

/** Each word of the record with more behind it: names of one thing stay the same name. */
const withEach = (more: string): Record =>
  Record.parse(
    JSON.parse(JSON.stringify(record()), (key, value) => {
      // A path keeps its end, by which a source gets its colours.
      if (typeof value === 'string') return fixed.test(key) ? value : key === 'path' ? more + value : value + more;
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
      return key === 'texts'
        ? Object.fromEntries(Object.entries(value).map(([hash, text]) => [hash + more, text]))
        : value;
    }),
  );

/** A name of as many characters as the attack has on a line. */
const harmless = 'x'.repeat(attack.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim().length);

const pages = [attack, harmless].map((more) => pageOf(subjectOf([withEach(more)])));

/** The elements, each with the names of its attributes. A source has the colours of its words, and a name may break at each of its strokes. */
function structure(page: string): string {
  const { document } = parseHTML(page);
  for (const span of document.querySelectorAll('.source pre span:not(.aloud), wbr')) span.remove();
  const of = (element: Element): string =>
    `<${element.tagName} ${[...element.attributes].map(({ name }) => name).sort()}>${[...element.children].map(of).join('')}</>`;
  return of(document.documentElement);
}

test('it has the elements of a page with harmless words', () => {
  const [hostile, plain] = pages.map(structure);
  expect(plain).toContain('<DETAILS class');
  // Said from where they differ: all of it fills pages.
  const at = [...plain].findIndex((c, i) => c !== hostile[i]);
  expect(at < 0 ? '' : hostile.slice(at - 200, at + 100)).toBe(at < 0 ? '' : plain.slice(at - 200, at + 100));
  expect(hostile).toHaveLength(plain.length);
});

test('the words themselves are there, as text', () => {
  const { document } = parseHTML(pages[0]);
  expect(document.querySelector('.failure h3')?.textContent).toContain('</style></script><script>alert(1)</script>');
  expect([...document.querySelectorAll('.source')].some((one) => one.textContent?.includes('\\u202ereversed'))).toBe(
    true,
  );
});

test('no attribute acts, leads elsewhere or holds markup, and nothing hides', () => {
  const { document } = parseHTML(pages[0]);
  const all = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes]);
  expect(all.filter(({ name }) => /^on|^style$|^src|^action$/.test(name))).toEqual([]);
  expect(all.filter(({ name, value }) => name === 'href' && !value.startsWith('#'))).toEqual([]);
  expect(pages[0].match(/=("[^"]*"|'[^']*')/g)?.filter((value) => value.includes('<'))).toEqual([]);
  expect(document.querySelectorAll('script')).toHaveLength(1);
  expect(document.querySelectorAll('img')).toHaveLength(0);
  expect(raw.exec(pages[0].replaceAll('\n', ''))).toBeNull();
});
