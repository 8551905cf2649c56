/** The essay's figures, with ours among them. */
import { essayResults } from '../../bench/suites.ts';
import type { Interval } from '../stats/interval.ts';
import type { ComparisonVerdict } from '../stats/verdict.ts';
import { multiple } from './format.ts';
import { pc } from './screen.ts';
import { type ColumnOf, fit } from './table.ts';
import { trackColumns } from './track.ts';
import { wrapped } from './width.ts';

/** One of ours. */
interface Rung {
  readonly name: string;
  readonly interval: Interval;
  readonly verdict: ComparisonVerdict;
}

export function ladderText(ours: readonly Rung[]): string {
  const published = essayResults.map(({ multiple: value, what }) => {
    const interval = { value, low: null, high: null };
    return { value, said: `${value}x`, what, mark: { interval, verdict: 'same' as const, peer: true } };
  });
  const here = ours.map(({ name, ...mark }) => {
    const { value } = mark.interval;
    return { value, said: `> ${multiple(value)}`, what: `${name}, here`, mark };
  });
  const rungs = [...published, ...here].sort((a, b) => b.value - a.value);
  const emphasis = (text: string) => (text.startsWith('>') || text.endsWith(', here') ? pc.bold(pc.cyan(text)) : text);
  const columns: ColumnOf<(typeof rungs)[number]>[] = [
    { head: '', align: 'right', text: ({ said }) => said, style: emphasis },
    { head: '', yields: 'cut', text: ({ what }) => what, style: emphasis },
    ...trackColumns<(typeof rungs)[number]>(rungs, ({ mark }) => mark),
  ];
  const title = "The essay's ladder: mean speedup on a CPU-only small language model training implementation";
  const note = '  Its starting code is not public: the multiples are not comparable one to one.';
  return [wrapped(title), fit(columns, rungs).text.replace(/^\n/, ''), pc.dim(wrapped(note))].join('\n');
}
