/** Where the time of a training step goes, before and after: what is left to gain. */

import { quoted } from '../contract/words.ts';
import { chart } from '../draw/chart.ts';
import { html } from '../draw/markup.ts';
import { times, whole } from '../draw/words.ts';
import type { KeptProfile } from '../records/profile.ts';
import { duration, minute } from '../report/format.ts';
import { nameOf, type Part, partsOf, percent, sumTolerance } from '../report/parts.ts';
import { amdahl } from '../stats/amdahl.ts';
import { type Beside, prefixOf, profilesOf } from './beside.ts';
import { family, type Piece, piecesOf } from './pieces.ts';
import type { Section, Table } from './section.ts';
import { drawShares } from './sharesChart.ts';
import { resultsOf, type Subject } from './subject.ts';

type Profile = KeptProfile['profiles'][number];
type Timed = Profile & { readonly candidate: NonNullable<Profile['candidate']> };

/** One for each candidate that was profiled. */
export function shares(subject: Subject): Section[] {
  const found = profilesOf(subject).flatMap((beside): [Beside<KeptProfile>, Timed][] => {
    const timed = timedOf(beside);
    return timed ? [[beside, timed]] : [];
  });
  if (found.length > 0) {
    const all = found.map(([beside]) => beside);
    return found.map(([beside, timed], i) => section(beside, timed, `${i === 0 ? '' : i + 1}`, prefixOf(beside, all)));
  }
  const step = subject.views.find(({ suite }) => suite.showsEssayResults);
  const candidate = step?.best?.candidate ?? step?.rows.find(({ mean }) => !mean.peer)?.mean.candidate;
  if (!candidate) return [];
  return [
    {
      id: 'shares',
      name: 'Shares',
      title: 'Where the time of a step goes was not measured',
      caption: html`There is no profile of these sources on this machine: <code>nfold profile ${quoted(candidate)}</code> makes one.`,
      body: null,
    },
  ];
}

/** Of several cases, that with the longest step; undefined if nothing of the baseline was timed. */
function timedOf({ run, mean }: Beside<KeptProfile>): Timed | undefined {
  const own = run.profiles.filter((one): one is Timed => one.candidate?.id === mean.candidate);
  return own
    .filter(
      ({ baseline, candidate }) =>
        Math.min(baseline.stepNs, candidate.stepNs) > 0 && stepParts({ baseline, candidate }).length > 0,
    )
    .sort((a, b) => b.baseline.stepNs - a.baseline.stepNs)[0];
}

const stepParts = ({ baseline, candidate }: Pick<Timed, 'baseline' | 'candidate'>) =>
  partsOf(baseline.ops ?? [], candidate.ops);

function section(beside: Beside<KeptProfile>, profile: Timed, number: string, prefix: string): Section {
  const { candidate } = profile;
  const parts = stepParts(profile);
  const pieces = piecesOf(parts);
  const title = sharesTitle(parts);
  const label = `Share of each op in a training step: ${pieces.map(textOf).join(', ')}.`;
  return {
    id: `shares${number}`,
    name: 'Shares',
    title: `${prefix}${title}`,
    caption: `${candidate.ops ? caption : 'One step of the baseline; the candidate marks no ops, so only its whole step is known.'} At most, in the table: what the whole step would gain if the row took no time at all (Amdahl).`,
    note: note(beside, profile),
    body: chart(label, (width) => drawShares(width, pieces, profile)),
    table: tableOf(parts),
  };
}

const caption =
  'Two bars of the same width, one step each; a ribbon joins an op to itself. A part that grows is one that gained less than the whole. Small parts are named below, baseline → candidate.';

const textOf = ({ name, baseline, candidate }: Piece) =>
  `${name} ${percent(baseline.share)}${candidate ? `, then ${percent(candidate.share)}` : ''}`;

/** Of the ops whose forward and backward passes together take the most. */
export function sharesTitle(parts: readonly Part[]): string {
  const totals = Map.groupBy(parts, family);
  const shareOf = (name: string, side: 'baseline' | 'candidate') =>
    (totals.get(name) ?? []).reduce((sum, part) => sum + (part[side]?.share ?? 0), 0);
  const largest = (side: 'baseline' | 'candidate') =>
    [...totals.keys()].sort((a, b) => shareOf(b, side) - shareOf(a, side))[0];
  const [before, after] = [largest('baseline'), largest('candidate')];
  const start = `${before[0].toUpperCase()}${before.slice(1)} ${isPlural(before) ? 'are' : 'is'} ${whole(shareOf(before, 'baseline'))} of the baseline’s step`;
  if (parts.every(({ candidate }) => candidate === null)) return start;
  const now = whole(shareOf(after, 'candidate'));
  if (before !== after) return `${start}; in the candidate’s, the most is ${after} with ${now}`;
  const fell = shareOf(after, 'candidate') < shareOf(before, 'baseline');
  return `${start} and ${fell ? 'still ' : ''}${now} of the candidate’s`;
}

const isPlural = (name: string) => /products|and|,/.test(name);

function note({ view, mean, run, differs }: Beside<KeptProfile>, { case: name, baseline, candidate }: Timed) {
  const here = times(baseline.stepNs / candidate.stepNs);
  const recorded = resultsOf(view).find((one) => one.candidate === mean.candidate && one.case === name)?.speedup;
  const sums = [baseline, candidate].flatMap(({ sumNs, stepNs }) => (sumNs === null ? [] : sumNs / stepNs));
  const others = new Set(run.profiles.map((one) => one.case)).size - 1;
  const sentences = [
    recorded
      ? `The step is ${here} as fast in it; in the record, that case has ${times(recorded.value)}. Neither is rescaled to the other.`
      : `The step is ${here} as fast in it.`,
    `Shares are of the sum of the parts: ${sums.map((sum) => whole(sum)).join(' and ')} of the step without marks.`,
    sums.some((sum) => Math.abs(sum - 1) > sumTolerance) &&
      'Parts that miss their step by more than 10 % are not to be trusted: run it again.',
    candidate.ops &&
      candidate.threads > 1 &&
      `The candidate has ${candidate.threads} threads, and its times are those of thread 0; the rest holds its waiting for the others.`,
    others > 0 && `The profile has ${others} more case${others === 1 ? '' : 's'}.`,
    run.interrupted && 'It was interrupted.',
    ...differs,
  ];
  return html`From <code>nfold profile</code>, a run of its own (${minute(run.createdAt)} UTC, one case, <span class="brk">${name}</span>). ${sentences.filter(Boolean).join(' ')}`;
}

function tableOf(parts: readonly Part[]): Table {
  const multiple = (value: number) => ({ text: Number.isFinite(value) ? times(value) : '-', by: value });
  const hasCandidate = parts.some(({ candidate }) => candidate);
  const side = (amount: Part['candidate']) =>
    amount
      ? [
          { text: duration(amount.timeNs), by: amount.timeNs },
          { text: percent(amount.share), by: amount.share },
          multiple(amdahl(amount.share, Number.POSITIVE_INFINITY)),
        ]
      : ['-', '-', '-'];
  const heads = ['baseline', 'share', 'at most', ...(hasCandidate ? ['candidate', 'share', 'at most', 'speedup'] : [])];
  return {
    of: 'the shares',
    columns: [{ head: 'op' }, ...heads.map((head) => ({ head, isNumber: true }))],
    rows: parts.map(({ ops, baseline, candidate }) => {
      const gained = candidate && ops.length > 0 ? multiple(baseline.timeNs / candidate.timeNs) : '-';
      return [nameOf(ops), ...side(baseline), ...(hasCandidate ? [...side(candidate), gained] : [])];
    }),
  };
}
