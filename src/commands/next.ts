/** What to do after a bench: commands that fit its outcome. */
import { join } from 'node:path';
import { isSnapshot } from '../contract/variant.ts';
import { counted, quoted } from '../contract/words.ts';
import { namesIn } from '../files/given.ts';
import { packageRoot, shown, workspace } from '../files/places.ts';
import { usableCores } from '../machine/cpus.ts';
import type { Record } from '../records/schema.ts';
import type { Saved } from '../records/store.ts';
import { pc, screen } from '../report/screen.ts';
import { wrapped } from '../report/width.ts';
import type { BenchFlags } from './flags.ts';

export const nfold = () => workspace().command.map(quoted).join(' ');

/** A command to copy. */
export const words = (...given: readonly string[]) => [nfold(), ...given.map(quoted)].join(' ');

/** A command that writes a kernel of a name that no file has, here or among nfold's own, whatever its ending. */
export function startOfOne(op: string, roots: readonly string[] = [packageRoot, workspace().root]): string {
  const taken = roots.flatMap((root) => namesIn(join(root, 'kernels', op)));
  const isTaken = (name: string) => taken.some((other) => other.startsWith(`${name}.`));
  let name = 'mine-ts';
  for (let n = 2; isTaken(name); n++) name = `mine${n}-ts`;
  return words('new', `${op}/${name}`);
}

/** Flags of the run that a command of the same run needs again. */
type Kept = Partial<Pick<BenchFlags, 'threads' | 'text' | 'peers'>>;

/** Where the record is, and the commands, the most urgent first. */
export function next({ record, file, displaced }: Saved, selectors: readonly string[], flags: Kept = {}): string {
  const reference = displaced && file !== null ? [file] : [];
  const [show, report] = ['show', 'report'].map((command) => file !== null && words(command, ...reference));
  const history = file !== null && !displaced && attemptsOf(record);
  const tips = tipsFor(record, selectors, { show, report, history, kept: keptOf(flags) });
  const width = Math.max(...tips.map(([command]) => command.length));
  const fits = tips.every(([, what]) => width + what.length + 4 <= screen().columns);
  // A command stays on one line, to be copied.
  const said = ([command, what]: Tip) =>
    fits ? `  ${command.padEnd(width)}  ${pc.dim(what)}` : `  ${command}\n${pc.dim(wrapped(`    ${what}`))}`;
  return [
    file === null ? 'Record: none, as no folder takes it' : `Record: ${shown(file)}`,
    'Next:',
    ...tips.map(said),
  ].join('\n');
}

type Tip = readonly [command: string, what: string];

interface Ways {
  readonly show: string | false;
  readonly report: string | false;
  readonly history: Tip | false;
  /** Words of a command of the same run. */
  readonly kept: readonly string[];
}

function tipsFor(record: Record, selectors: readonly string[], { show, report, history, kept }: Ways): Tip[] {
  const own = record.candidates.filter(({ peer }) => !peer);
  const bad = own.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'unsupported');
  const replay = bad.find((one) => one.replay !== null)?.replay ?? false;
  const mend = bad.filter(
    ({ candidate, error }) => !isSnapshot(candidate) && error?.code !== 'interrupted' && error?.code !== 'misplaced',
  );
  const isTimed = record.samples.length > 0 && own.some(({ verdict }) => verdict === 'pass');
  const isPart = record.caseFilter !== null && record.means.some(({ peer, withheld }) => !peer && withheld !== null);
  const isOver = record.interrupted || record.effort === 'thorough';
  const op = record.baselines.length === 1 ? record.baselines[0].op : 'sgemm';
  const unsure = record.means.flatMap(({ peer, candidate, comparison }) =>
    !peer && comparison === 'inconclusive' ? candidate : [],
  );
  const why = unsure.length === 0 ? '' : `: ${someOf(unsure)} may or may not be faster than the baseline`;
  const trained = record.suites.some(({ name }) => name === 'train_gpt2');
  const tips: (readonly [string | false, string])[] = [
    [replay, 'the check that failed, again'],
    [
      mend.length > 0 && words('verify', ...mend.slice(0, 3).map(({ candidate }) => candidate)),
      replay ? 'how many cases are wrong, and what they share' : 'again, once it is mended',
    ],
    [own.some(({ verdict }) => verdict === 'unsupported') && words('doctor'), 'what this machine lacks'],
    [record.interrupted && rerun(record, selectors, record.effort, kept), 'the same run, to its end'],
    [isTimed && show, 'this record again, case by case'],
    [isTimed && report, 'a page with pictures of it, to open in a browser'],
    ...(history ? [history] : []),
    [isTimed && isPart && !isOver && words('bench', ...selectors, ...kept), 'all cases, which makes a mean'],
    [
      isTimed && !isOver && rerun(record, selectors, more(record.effort), kept),
      `more rounds, narrower intervals${why}`,
    ],
    [isTimed && record.effort === 'thorough' && unsure.length > 0 && words('doctor'), `what disturbs times here${why}`],
    [isTimed && trained && words('bench', 'lm_ops', '--quick'), 'every kernel of the training step on its own'],
    [words('list'), 'every candidate and its idea'],
    [bad.length === 0 && startOfOne(op), 'a kernel of your own: one file, and its path registers it'],
  ];
  return tips.flatMap(([command, what]): Tip[] => (command ? [[command, what]] : []));
}

/** The next effort after this one. */
export const more = (effort: Record['effort']) => (effort === 'quick' ? 'default' : 'thorough');

/** The same run with this effort. A longer one without selectors is that of its first suite. */
function rerun(
  { suites, caseFilter, interrupted, unseen }: Record,
  selectors: readonly string[],
  effort: Record['effort'],
  kept: readonly string[],
) {
  const what = selectors.length > 0 || interrupted ? selectors : [suites[0].name];
  const filter = caseFilter === null ? [] : ['--case', caseFilter];
  const shapes = Math.max(0, ...unseen.map((one) => one.shapes.length));
  const also = shapes > 0 ? ['--unseen', `${shapes}`] : [];
  return words('bench', ...what, ...filter, ...also, ...(effort === 'default' ? [] : [`--${effort}`]), ...kept);
}

const keptOf = ({ threads, text, peers }: Kept): string[] => [
  ...(threads === undefined || threads === usableCores() ? [] : ['--threads', `${threads}`]),
  ...(text === undefined ? [] : ['--text', text]),
  ...(peers === false ? ['--no-peers'] : (peers ?? []).flatMap((name) => ['--peers', name])),
];

/** `--threads` as in these runs, if they all had the same and it is not the default. */
export function threadsOf(runs: readonly Pick<Record, 'threads'>[]): string[] {
  const [threads, ...others] = new Set(runs.map((run) => run.threads));
  return keptOf({ threads: others.length === 0 ? (threads ?? undefined) : undefined });
}

/** The attempts at the only candidate of a record, if it is not the first. A part of the cases has no mean over time. */
function attemptsOf({ candidates, results, means }: Record): Tip | false {
  const own = candidates.filter(({ peer }) => !peer);
  const [{ candidate, attempt } = { candidate: '', attempt: null }] = own;
  if (own.length > 1 || attempt === null || attempt < 2) return false;
  const timed = results.find((result) => result.candidate === candidate && result.speedup !== null);
  const isPart = means.every((mean) => mean.candidate !== candidate || mean.arithmetic === null);
  const filter = timed && isPart ? ['--case', timed.case] : [];
  return [words('history', candidate, ...filter), `this was attempt ${attempt} at it here`];
}

/** The first of them by name. */
const someOf = ([first, ...others]: readonly string[]) =>
  others.length === 0 ? first : `${first} and ${counted(others.length, 'other')}`;
