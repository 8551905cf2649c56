/** A section's charts as a file of their own. How it looks: browser.test.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { figureOf } from '../src/page/figure.ts';
import { subjectOf } from '../src/page/subject.ts';
import { hostile, inTime, published } from './support/pages.ts';

const [step] = published();

test('has the title, the marks and where the numbers come from', () => {
  const svg = figureOf(subjectOf([step]), 'all');
  const { document } = parseHTML(svg);
  expect(document.querySelector('svg')?.getAttribute('aria-label')).toMatch(/means clear 1×/);
  expect(document.querySelectorAll('.estimate')).toHaveLength(
    step.means.filter(({ arithmetic }) => arithmetic !== null).length,
  );
  expect([...document.querySelectorAll('text.dim')].map((text) => text.textContent).join(' ')).toContain(step.id);
});

test('has every panel that is not folded away, each under its name', () => {
  const { document } = parseHTML(figureOf(subjectOf(inTime([2, 2, 4, 4, 4])), 'history'));
  expect(document.querySelectorAll('text.grp').length).toBeGreaterThan(0);
});

test('holds foreign words as text', () => {
  const { document } = parseHTML(figureOf(subjectOf([hostile(step)]), 'all'));
  expect(document.querySelectorAll('script, img, b')).toHaveLength(0);
});

test('is refused by a sentence where there is no chart', () => {
  for (const id of ['cases', 'provenance', 'nothing', ''])
    expect(() => figureOf(subjectOf([step]), id)).toThrow(/no charts called '.*': it has ladder, all, /);
});

test("the README's picture is that of the newest published training step", () => {
  const [newest] = published()
    .filter(({ means }) => means.some(({ suite }) => suite === 'train_gpt2'))
    .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  expect(readFileSync(join(packageRoot, 'docs/speedups.svg'), 'utf8')).toBe(figureOf(subjectOf([newest]), 'all'));
});
