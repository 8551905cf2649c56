/** What to do after a bench: commands that fit its outcome. */
import { join } from 'node:path';
import { isSnapshot } from '../contract/variant.ts';
import { quoted } from '../contract/words.ts';
import { namesIn } from '../files/given.ts';
import { packageRoot, shown, workspace } from '../files/places.ts';
import type { Record } from '../records/schema.ts';
import type { Saved } from '../records/store.ts';
import { pc } from '../report/screen.ts';

export const nfold = () => workspace().command.map(quoted).join(' ');

/** A command that writes a kernel of a name that no file has, here or among nfold's own, whatever its ending. */
export function startOfOne(op: string, roots: readonly string[] = [packageRoot, workspace().root]): string {
  const taken = roots.flatMap((root) => namesIn(join(root, 'kernels', op)));
  const isTaken = (name: string) => taken.some((other) => other.startsWith(`${name}.`));
  let name = 'mine-ts';
  for (let n = 2; isTaken(name); n++) name = `mine${n}-ts`;
  return words('new', `${op}/${name}`);
}

/** Where the record is, and the commands, the most urgent first. */
export function next({ record, file, displaced }: Saved, selectors: readonly string[]): string {
  const tips = tipsFor(record, selectors, file !== null && words('show', ...(displaced ? [file] : [])));
  const width = Math.max(...tips.map(([command]) => command.length));
  return [
    file === null ? 'Record: none, as no folder takes it' : `Record: ${shown(file)}`,
    'Next:',
    ...tips.map(([command, what]) => `  ${command.padEnd(width)}  ${pc.dim(what)}`),
  ].join('\n');
}

type Tip = readonly [command: string, what: string];

function tipsFor(record: Record, selectors: readonly string[], show: string | false): Tip[] {
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
  const trained = record.suites.some(({ name }) => name === 'train_gpt2');
  const tips: (readonly [string | false, string])[] = [
    [replay, 'the check that failed, again'],
    [
      mend.length > 0 && words('verify', ...mend.slice(0, 3).map(({ candidate }) => candidate)),
      replay ? 'how many cases are wrong, and what they share' : 'again, once it is mended',
    ],
    [own.some(({ verdict }) => verdict === 'unsupported') && words('doctor'), 'what this machine lacks'],
    [record.interrupted && rerun(record, selectors, record.effort), 'the same run, to its end'],
    [isTimed && show, 'this record again, case by case'],
    [isTimed && isPart && !isOver && words('bench', ...selectors), 'all cases, which makes a mean'],
    [
      isTimed && !isOver && rerun(record, selectors, record.effort === 'quick' ? 'default' : 'thorough'),
      'more rounds, narrower intervals',
    ],
    [isTimed && trained && words('bench', 'lm_ops', '--quick'), 'every kernel of the training step on its own'],
    [words('list'), 'every candidate and its idea'],
    [bad.length === 0 && startOfOne(op), 'a kernel of your own: one file, and its path registers it'],
  ];
  return tips.flatMap(([command, what]): Tip[] => (command ? [[command, what]] : []));
}

const words = (...given: readonly string[]) => [nfold(), ...given.map(quoted)].join(' ');

/** The same run with this effort. A longer one without selectors is that of its first suite. */
function rerun({ suites, caseFilter, interrupted }: Record, selectors: readonly string[], effort: Record['effort']) {
  const what = selectors.length > 0 || interrupted ? selectors : [suites[0].name];
  const filter = caseFilter === null ? [] : ['--case', caseFilter];
  return words('bench', ...what, ...filter, ...(effort === 'default' ? [] : [`--${effort}`]));
}
