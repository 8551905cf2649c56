/** The head of the page and the ladder: what they claim, by what was measured. */
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { ladderTitle } from '../src/page/ladder.ts';
import { pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { interval, multiple } from '../src/report/format.ts';
import { bestOf, failing, interrupted, oneCase, published, twoMachines } from './support/pages.ts';

const documentOf = (...records: Record[]) => parseHTML(pageOf(subjectOf(records))).document;
const textOf = (document: Document, selector: string) =>
  document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim();

describe('the ladder', () => {
  test.each([
    [[67.1, 56.5, 79.7], '67.1× lies above the ladder’s top rung of 52×, interval included'],
    [[67.1, 40, 90], '67.1× lies above the ladder’s top rung of 52×, but its interval reaches beyond'],
    [[20, 18, 22], '20.0× lies between the rungs of 16.5× and 30×, interval included'],
    [[20, 12, 35], '20.0× lies between the rungs of 16.5× and 30×, but its interval reaches beyond'],
    [[1.2, 1.1, 1.3], '1.20× lies below the ladder’s lowest rung of 2.9×, interval included'],
    [[20, null, null], '20.0× lies between the rungs of 16.5× and 30×, by a single round'],
  ])('%s', ([value, low, high], title) => {
    expect(ladderTitle({ value: value as number, low, high })).toBe(title);
  });

  test('has a rung for each published multiple and for ours, one section a machine, none without a mean', () => {
    const [step] = published();
    expect(documentOf(step).querySelectorAll('#ladder svg.wide .rung')).toHaveLength(6);
    expect(documentOf(step).querySelectorAll('#ladder tbody tr')).toHaveLength(6);
    const two = documentOf(...twoMachines());
    const titles = ['#ladder1 h2', '#ladder2 h2'].map((selector) => textOf(two, selector));
    expect(new Set(titles).size).toBe(2);
    expect(titles.join()).toContain('intel-icelake-avx512-8c');
    expect(documentOf(failing()).querySelector('#ladder')).toBeNull();
  });
});

describe('the head', () => {
  test('says how fast, with the interval, whether it is sure and what limits it', () => {
    const [record] = published();
    const document = documentOf(record);
    const { candidate, arithmetic } = bestOf(record);
    expect(textOf(document, 'h1')).toBe(
      `${multiple(arithmetic?.value ?? null).replace('x', '×')} as fast as plain TypeScript: a GPT-2 training step`,
    );
    expect(textOf(document, '.stats .big > p')).toContain(`95 % interval ${interval(arithmetic)}`);
    expect([...document.querySelectorAll('.qa dt')].map((dt) => dt.textContent)).toEqual([
      'What it means',
      'Is it sure?',
      'What limits it?',
    ]);
    expect(textOf(document, '.qa')).toMatch(/One call at B8T64L3C192NH6V256 takes the baseline \d\.\d+ s and /);
    expect(textOf(document, '.qa')).toContain(candidate.replace(/^train_gpt2\//, '').replace(/-wasm.*/, ''));
  });

  test.each<[string, Record, RegExp]>([
    ['one case', oneCase(), /one case/],
    ['a withheld mean', failing(), /withheld speedup: a GPT-2 training step.*fail: C\[3, 4\]/],
    ['an interrupted run', interrupted(), /Interrupted\. The run was stopped before its end/],
  ])('of %s', (_, record, said) => {
    expect(textOf(documentOf(record), 'header')).toMatch(said);
  });
});
