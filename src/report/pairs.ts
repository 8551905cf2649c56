/** Candidates of one op against the first of them, in a terminal and in Markdown. */

import { maxOthers } from '../analysis/pairs.ts';
import { counted } from '../contract/words.ts';
import type { Pair } from '../records/pair.ts';
import type { Record } from '../records/schema.ts';
import { efforts } from '../stopwatch/effort.ts';
import { inMarkdown } from './escape.ts';
import { colours, ratioInterval } from './format.ts';
import { pc } from './screen.ts';
import { type ColumnOf, markdownTableOf, tableOf } from './table.ts';
import { remedyOf } from './warnings.ts';
import { wrapped } from './width.ts';

/** A table for each of these ops that has pairs, case by case if there is one op alone. */
export function pairTables(record: Record, ops: readonly string[]): string[] {
  return ops.flatMap((op) => {
    const all = record.pairs.filter((pair) => pair.op === op);
    const pairs = ops.length === 1 ? all : all.filter((pair) => pair.case === null);
    if (all.length === 0) return tooMany(record, op);
    // Why there is no ratio stands above, beside the candidates, unless it is the pair alone that was disturbed.
    if (all.every(({ ratio, withheld }) => ratio === null && !isDisturbed(withheld))) return [];
    return [
      [
        wrapped(`${pc.bold(op)}: how many times as fast as ${pairs[0].first}, paired within rounds`),
        tableOf(columns, pairs),
        ...advice(record, pairs).map((line) => wrapped(line)),
        ...disturbedLines(record, pairs),
      ].join('\n'),
    ];
  });
}

const isDisturbed = (withheld: string | null) => withheld?.startsWith('disturbed: ') ?? false;

/** How many ratios are withheld, the reason of the first, and what to do. */
function disturbedLines(record: Record, pairs: readonly Pair[]): string[] {
  const own = pairs.filter(({ withheld }) => isDisturbed(withheld));
  const [first] = own;
  if (!first) return [];
  const why = `${first.case ?? 'mean'}: ${first.withheld?.replace('disturbed: ', '')}`;
  const remedy = remedyOf(record, [first.first, first.candidate]);
  return [pc.yellow(wrapped(`disturbed: ${counted(own.length, 'ratio')} withheld. ${why}. ${remedy}`))];
}

/** How to get a table where there are too many candidates for one. */
function tooMany(record: Record, op: string): string[] {
  const own = record.candidates.filter((one) => one.op === op && !one.peer && one.verdict === 'pass');
  const how = `name up to ${1 + maxOthers} of them, and 'nfold bench' compares the others with the first`;
  return own.length > 1 + maxOthers ? [pc.dim(wrapped(`${op}: of its ${own.length} candidates, ${how}`))] : [];
}

export function markdownPairs(record: Record, ops: readonly string[]): string[] {
  const pairs = record.pairs.filter((pair) => ops.includes(pair.op));
  return pairs.length === 0
    ? []
    : [
        'Paired within rounds: how many times as fast as the first.',
        markdownTableOf([{ head: 'first', text: ({ first }) => first }, ...columns], pairs),
      ];
}

const columns: readonly ColumnOf<Pair>[] = [
  { head: 'candidate', yields: 'above', text: ({ candidate }) => candidate },
  {
    head: 'case',
    yields: 'cut',
    text: (pair) => pair.case ?? 'mean',
    markdown: (pair) => (pair.case === null ? '**mean**' : inMarkdown(pair.case)),
  },
  { head: 'ratio', align: 'right', text: ({ ratio }) => ratio?.value.toFixed(3) ?? 'withheld' },
  { head: '95 % interval', text: ({ ratio }) => ratioInterval(ratio) },
  {
    head: 'verdict',
    text: ({ comparison }) => comparison ?? '-',
    style: (text) => (colours[text] ?? String)(text),
  },
  { head: 'rounds', align: 'right', spare: 2, text: ({ ratio, rounds }) => (ratio ? `${rounds}` : '-') },
  { head: 'would decide', spare: 1, text: moreText },
];

function moreText({ comparison, moreRounds }: Pair): string {
  if (comparison !== 'inconclusive') return '';
  return moreRounds === null ? 'cannot be told' : `about ${counted(moreRounds, 'more round')}`;
}

/** The effort that runs the rounds which the undecided mean, or else the undecided cases, still need. */
function advice({ effort }: Record, pairs: readonly Pair[]): string[] {
  const means = pairs.filter((pair) => pair.case === null && pair.ratio);
  const open = (means.length > 0 ? means : pairs).flatMap(({ rounds, moreRounds }) => {
    return moreRounds === null ? [] : [rounds + moreRounds];
  });
  if (open.length === 0 || effort === 'thorough') return [];
  const [from, to] = efforts.thorough.rounds;
  return effort === 'quick' && Math.max(...open) <= efforts.default.rounds[0]
    ? [`To decide it, run this without --quick: ${efforts.default.rounds.join(' to ')} rounds.`]
    : [`To decide it, run this with --thorough: ${from} to ${to} rounds.`];
}
