/** Records one after the other, as the sections of a page see them. */
import { parseHTML } from 'linkedom';
import { render } from '../../src/draw/markup.ts';
import { type Section, sectionMarkup } from '../../src/page/section.ts';
import type { Draft, Record } from '../../src/records/schema.ts';
import { recordOf } from '../../src/records/store.ts';
import { draft, type Made } from './draft.ts';

/** Rounds of the two cases at `factor` times the usual speedup. */
export const rounds = (factor: number): number[][] =>
  [2, 4].map((v) => [1, 1.01, 0.99].map((noise) => v * factor * noise));

/** A record a day, in this order. */
export const daily = (all: readonly Made[]): Record[] =>
  all.map((made, i) => {
    const createdAt = new Date(Date.UTC(2026, 9, 1 + i, 9)).toISOString();
    return recordOf(draft({ ...made, overrides: { createdAt, ...made.overrides } }));
  });

/** A second class of machines. */
export const elsewhere: Partial<Draft> = {
  machine: { ...draft().machine, cpu: 'I', cores: 8, class: 'intel-icelake-avx512-8c' },
};

/** Without a mean, since the machine was busy. */
export const withheld = (): Partial<Draft> => ({
  means: draft().means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'disturbed at M64N64K64' })),
});

export const failed = (): Partial<Draft> => ({
  candidates: draft().candidates.map((one) => ({ ...one, verdict: 'fail' as const, message: 'it differs' })),
  means: draft().means.map((mean) => ({ ...mean, arithmetic: null, withheld: 'fail: it differs' })),
  ...{ results: [], samples: [] },
});

/** Each speedup as a single round leaves it. */
export const oneRound = (): Partial<Draft> => {
  const only = { value: 3, low: null, high: null };
  return {
    means: draft().means.map((mean) => ({ ...mean, arithmetic: only })),
    samples: draft().samples.filter(({ round }) => round === 0),
  };
};

/** A section as a browser has it. */
export const documentOf = (section: Section): Document =>
  parseHTML(`<!doctype html>${render(sectionMarkup(section))}`).document as unknown as Document;

/** The marks of a class in one of the two widths of all charts: each starts a piece of a path. */
export const marks = (document: Document, name: string): number =>
  [...document.querySelectorAll(`svg.wide .${name}`)].reduce(
    (sum, one) => sum + (one.getAttribute('d')?.match(/M/g)?.length ?? 1),
    0,
  );
