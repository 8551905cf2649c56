/** What did not pass, above all numbers: what was found, where, and the command that finds it again. */

import { plain } from '../contract/foreign.ts';
import { located } from '../contract/place.ts';
import { counted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';
import { listed } from '../draw/words.ts';
import { elementsText } from '../judge/place.ts';
import { isBad } from '../judge/verdict.ts';
import type { Record } from '../records/schema.ts';
import { copyable, replayOf } from './commands.ts';
import type { Section } from './section.ts';
import { type Subject, shownRecords } from './subject.ts';

type Candidate = Record['candidates'][number] & { readonly machine: string };

/** Failures that are told in full. */
const maxFull = 12;

const kinds = {
  fail: 'failed verification',
  error: 'could not be built or run',
  impossible: 'reported an impossible time',
} as const;

const kindOf = ({ verdict }: Candidate) => kinds[verdict as keyof typeof kinds];

/** Candidates and peers that have a verdict, each of the newest record of its machine. */
function judgedOf(subject: Subject): Candidate[] {
  const all = shownRecords(subject).flatMap(({ record, machine }) =>
    record.candidates.map((one) => ({ ...one, machine })),
  );
  const newest = new Map(all.map((one) => [[one.machine, one.op, one.candidate].join('\n'), one]));
  return [...newest.values()].filter(
    ({ verdict, error }) => verdict !== 'unsupported' && error?.code !== 'interrupted',
  );
}

export function failures(subject: Subject): Section[] {
  const judged = judgedOf(subject);
  const failed = judged.filter(({ verdict }) => isBad(verdict));
  if (failed.length === 0) return [];
  const severalMachines = new Set(judged.map(({ machine }) => machine)).size > 1;
  return [
    {
      id: 'failures',
      name: 'Failures',
      title: failuresTitle(failed, judged.length),
      caption: 'What does not pass has no speedup, and its mean is withheld. Each command repeats what was found.',
      body: failed.slice(0, maxFull).map((one) => failure(one, severalMachines)),
      table: failed.length > maxFull ? tableOf(failed) : null,
    },
  ];
}

function failuresTitle(failed: readonly Candidate[], count: number): string {
  const [first, ...others] = failed;
  const rest = count - 1;
  if (others.length === 0)
    return `${first.candidate} ${kindOf(first)}${rest > 0 ? `; ${rest === 1 ? 'the other candidate' : `the ${rest} other candidates`} passed` : ''}`;
  const counts = [...Map.groupBy(failed, kindOf)].map(([kind, { length }]) => `${length} ${kind}`);
  return `${failed.length} of ${count} candidates did not pass: ${listed(counts)}`;
}

function failure(one: Candidate, severalMachines: boolean): Markup {
  const { candidate, peer, machine, message, error } = one;
  const place = error && error.line !== null && { file: error.file ?? '', line: error.line, column: error.column };
  const sentence = message ?? (error && plain(located(error.message, place || null)));
  const facts = factsOf(one).filter(([, value]) => value !== null);
  return html`<article class="failure">
    <h3>${candidate} <span>${peer ? 'peer, ' : ''}${kindOf(one)}${severalMachines && ` on ${machine}`}</span></h3>
    <p>${sentence}</p>
    <dl class="kv">${facts.map(([what, value]) => html`<dt>${what}</dt><dd class="brk">${value}</dd>`)}</dl>
    ${copyable(replayOf(one))}
  </article>`;
}

const exact = (value: number | null) => (value === null ? null : `${Number(value.toPrecision(9))}`);
const rough = (value: number | null) => (value === null ? null : value.toExponential(2));

function factsOf({ finding, error }: Candidate): [string, string | null][] {
  const hint = error?.hint ? plain(error.hint) : null;
  if (!finding) return [['What to do', hint]];
  const { where, got, want, elements, distribution, seed } = finding;
  const inputs = [distribution ? `${distribution} inputs` : [], seed === null ? [] : `seed ${seed}`].flat().join(', ');
  return [
    ['Case', finding.case],
    ['Inputs', inputs || null],
    ['Where', where],
    ['Got', got === null && want !== null ? 'no finite number' : exact(got)],
    ['Want', exact(want)],
    ['Error', rough(finding.error)],
    ['Bound', rough(finding.bound)],
    ['Wrong elements', (elements && elementsText(elements)) || null],
    ['What to do', hint],
  ];
}

const tableOf = (failed: readonly Candidate[]): Section['table'] => ({
  of: `all ${counted(failed.length, 'failure')}`,
  columns: [{ head: 'candidate' }, { head: 'verdict' }, { head: 'case' }, { head: 'sentence' }],
  rows: failed.map((one) => [one.candidate, kindOf(one), one.finding?.case ?? '', one.message ?? '']),
});
