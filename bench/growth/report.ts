/** The tables of the growth of cost. Pure. */
import type { Model } from '../../baselines/models.ts';
import op from '../../baselines/train_gpt2/op.ts';
import { counted } from '../../src/contract/words.ts';
import { inMarkdown } from '../../src/report/escape.ts';
import { digits, range, shortFlags } from '../../src/report/format.ts';
import { markdownTable } from '../../src/report/table.ts';
import { byC, byT, large, likeSize, nameOf, suite, unseen } from './models.ts';

/** What was found of a candidate at a model. */
export interface Found {
  /** Median over turns of the median step, and the least over turns, which compares with peaks. */
  readonly medianNs: number;
  readonly bestNs: number;
  /** Gflop/s that this machine allowed beside the steps; null if it was too busy to show it. */
  readonly peak: number | null;
  /** Share of it that the best turn reaches, in percent. */
  readonly percent: number | null;
  readonly scratchBytes: number;
  /** Of the arrays that the baseline keeps in place of scratch. */
  readonly baselineBytes: number;
  readonly buildMs: number;
}

/** A candidate, with a line for each model that it was taken to: what was found, or in words why there is nothing. */
export interface Subject {
  readonly id: string;
  readonly flags: readonly string[];
  readonly threads: number;
  readonly found: ReadonlyMap<string, Found | string>;
}

/** The targets: what exceeds them is bold. */
const [maxScratch, maxBuildMs, minOfLikeSize] = [1.5, 1000, 0.85];

export const shortId = ({ id }: Subject): string => id.replace('train_gpt2/', '');

export const flagsText = ({ flags }: Subject): string => (flags.length === 0 ? 'stock V8' : shortFlags(flags));

/** The share of the peak at a model, in percent; null where there is none. */
export function percentAt({ found }: Subject, dims: Model): number | null {
  const one = found.get(nameOf(dims));
  return typeof one === 'object' ? one.percent : null;
}

const bold = (text: string, is: boolean) => (is ? `**${text}**` : text);
const ms = (ns: number) => digits(ns / 1e6);

interface Column {
  readonly head: string;
  text(found: Found, dims: Model, subject: Subject): string;
}

const columns: readonly Column[] = [
  { head: 'ms', text: ({ medianNs }) => ms(medianNs) },
  { head: 'ms, best turn', text: ({ bestNs }) => ms(bestNs) },
  { head: 'Gflop/s', text: ({ bestNs }, dims) => digits(op.flop(dims) / bestNs) },
  { head: '% of peak', text: ({ percent }) => digits(percent) },
  {
    head: 'scratch, MB',
    text: ({ scratchBytes }) => digits(scratchBytes / 1e6),
  },
  {
    head: "over the baseline's",
    text({ scratchBytes, baselineBytes }) {
      const ratio = scratchBytes / baselineBytes;
      return bold(`${ratio.toFixed(2)}x`, ratio > maxScratch);
    },
  },
  { head: 'build, ms', text: ({ buildMs }) => bold(buildMs.toFixed(0), buildMs > maxBuildMs) },
];

/** The share of a peak over that of the suite's model of like size. */
export function overLikeSize(dims: Model, subject: Subject): number | null {
  const [own, other] = [percentAt(subject, dims), percentAt(subject, likeSize(dims))];
  return own === null || other === null ? null : own / other;
}

const likeColumns: readonly Column[] = [
  { head: 'of like size', text: (_, dims) => nameOf(likeSize(dims)) },
  { head: 'its flop', text: (_, dims) => `${(op.flop(dims) / op.flop(likeSize(dims))).toFixed(2)}x` },
  {
    head: 'its % of peak',
    text(_, dims, subject) {
      const ratio = overLikeSize(dims, subject);
      return ratio === null ? '-' : bold(`${ratio.toFixed(2)}x`, ratio < minOfLikeSize);
    },
  },
];

function table(models: readonly Model[], subjects: readonly Subject[], more: readonly Column[] = []): string | null {
  const shown = [...columns.slice(0, 4), ...more, ...columns.slice(4)];
  const rows = models.flatMap((dims) =>
    subjects.flatMap((subject) => {
      const found = subject.found.get(nameOf(dims));
      if (found === undefined) return [];
      const cells =
        typeof found === 'string'
          ? [inMarkdown(found), ...shown.slice(1).map(() => '-')]
          : shown.map(({ text }) => text(found, dims, subject));
      return [[nameOf(dims), ...(subjects.length > 1 ? [shortId(subject)] : []), ...cells]];
    }),
  );
  const heads = ['model', ...(subjects.length > 1 ? ['candidate'] : []), ...shown.map(({ head }) => head)];
  return rows.length > 0 ? markdownTable(heads, rows) : null;
}

/** The steepest fall of the share of peak from one model to the next that has a number. */
function steepest(models: readonly Model[], subject: Subject): string | null {
  const known = models.flatMap((dims) => {
    const percent = percentAt(subject, dims);
    return percent === null ? [] : [{ name: nameOf(dims), percent }];
  });
  const steps = known.slice(1).map((to, i) => ({ from: known[i], to, ratio: to.percent / known[i].percent }));
  if (steps.length === 0) return null;
  const { from, to, ratio } = steps.reduce((least, step) => (step.ratio < least.ratio ? step : least));
  const what = ratio < 1 ? 'the steepest fall of the share' : 'the share falls nowhere, and its least rise';
  return `${shortId(subject)}: ${what} is to ${ratio.toFixed(2)}x, from ${from.name} to ${to.name}.`;
}

/** `source`: where and when it was measured, and by which command. */
export function tables(subjects: readonly Subject[], source: string): string {
  const who = subjects.map((subject) => {
    const peaks = [...subject.found.values()].map((found) => (typeof found === 'object' ? found.peak : null));
    return `${shortId(subject)} (${flagsText(subject)}, ${counted(subject.threads, 'thread')}, peaks of ${range(peaks)} Gflop/s)`;
  });
  const parts: [string, readonly Model[], readonly Column[]][] = [
    ['Over C:', byC, []],
    ['Over T:', byT, []],
    ['The models of the suite:', suite, []],
    ['Models that are in no suite, each beside the model of the suite whose flop are nearest:', unseen, likeColumns],
    ['GPT-2 of 124M parameters:', large, []],
  ];
  const sections = parts.flatMap(([title, models, more]) => {
    const rows = table(models, subjects, more);
    const falls = more.length > 0 || models === suite ? [] : subjects.flatMap((one) => steepest(models, one) ?? []);
    return rows === null ? [] : [title, rows, ...falls];
  });
  return [
    `One training step of ${who.join(' and ')}: the median over all turns and the best turn, each step compared with the frozen reference. ` +
      'The peak is the measured rate of multiply-adds that flags and threads allow, before or after the steps, whichever is higher. Scratch is set beside the ' +
      `arrays that the baseline keeps; a build is what one more model takes: generation, assembly and V8's compilation. What misses a target (${maxScratch}x, ${maxBuildMs} ms, ${minOfLikeSize}x) is bold.`,
    ...sections,
    `*${source}*`,
  ].join('\n\n');
}
