/** Records of many shapes for the sections of a page. */
import { parseHTML } from 'linkedom';
import { render } from '../../src/draw/markup.ts';
import { type Section, sectionMarkup } from '../../src/page/section.ts';
import type { Record, Result } from '../../src/records/schema.ts';
import { draft } from './draft.ts';

/** A case of sgemm: its speedup in each round, and how long each of the two calls of a round waited, in ns. */
export interface CaseOf {
  readonly name: string;
  readonly speedups: readonly number[];
  readonly queuedNs?: readonly [number, number] | null;
}

const baselineNs = 1e6;

/** Each round has one turn, with a call of the baseline and two of the candidate: at the speedup, and a tenth slower. */
export function recordOf(
  cases: readonly CaseOf[],
  change: Partial<Record> = {},
  resultOf: Partial<Result> = {},
): Record {
  const made = draft();
  const candidate = made.candidates[0].candidate;
  const samples = cases.flatMap(({ name, speedups, queuedNs = [0, 0] }) =>
    speedups.flatMap((value, round) => {
      const at = { op: 'sgemm', round, turn: 0, case: name };
      const own = [baselineNs / value, (1.1 * baselineNs) / value];
      return [
        { ...at, variant: 'sgemm/baseline', timeNs: [baselineNs], queuedNs: queuedNs && [0] },
        { ...at, variant: candidate, timeNs: own, queuedNs: queuedNs && [...queuedNs] },
      ];
    }),
  );
  const results = cases.map(({ name, speedups }) => {
    const value = speedups.reduce((product, one) => product * one, 1) ** (1 / speedups.length);
    const speedup = { value, low: value / 1.2, high: value * 1.2 };
    return { ...made.results[0], case: name, speedup, ...resultOf };
  });
  return { ...made, id: 'x', samples, results, ...change };
}

/** The section as a document. */
export const documentOf = (section: Section) => parseHTML(render(sectionMarkup(section))).document;
