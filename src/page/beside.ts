/** Profiles and trainings of candidates of the training step: runs of their own, which are held against the record that is shown. */
import { NfoldError } from '../contract/errors.ts';
import { shortName } from '../draw/words.ts';
import { describeMachine } from '../machine/describe.ts';
import { isSameClass } from '../records/kept.ts';
import type { KeptProfile } from '../records/profile.ts';
import type { Mean } from '../records/schema.ts';
import type { Training } from '../records/training.ts';
import type { Kept } from './runs.ts';
import type { Subject, View } from './subject.ts';

/** A run of a candidate that a view shows. */
export interface Beside<T> {
  readonly view: View;
  readonly mean: Mean;
  readonly run: T;
  /** A sentence for each fact that is not the record's. */
  readonly differs: readonly string[];
}

/** Each has a chart: of many candidates, the best ones. */
const maxCandidates = 3;

export const profilesOf = ({ views, runs }: Subject): Beside<KeptProfile>[] =>
  besideOf(views, runs.profiles, runs.named);
export const trainingsOf = ({ views, runs }: Subject): Beside<Training>[] =>
  besideOf(views, runs.trainings, runs.named);

/** For the candidates of a training step, the best first, a named run or else the newest of the record's sources and class of machine. */
function besideOf<T extends Kept>(views: readonly View[], runs: readonly T[], named: readonly Kept[]): Beside<T>[] {
  const found = views.flatMap((view): Beside<T>[] => {
    const rows = view.suite.showsEssayResults ? view.rows.filter(({ mean }) => !mean.peer) : [];
    const own = rows.flatMap(({ mean }): Beside<T>[] => {
      const all = runs
        .filter((run) => hashesOf(run, mean.candidate) !== null)
        .map((run) => ({ view, mean, run, differs: differencesOf(run, view, mean) }));
      const asked = all.filter(({ run }) => named.includes(run));
      return asked.length > 0 ? asked : all.filter(({ differs }) => differs.length === 0).slice(0, 1);
    });
    return own.filter(({ run }, i) => i < maxCandidates || named.includes(run));
  });
  // Of records from several machines, a named run belongs to the one that it fits best.
  const fitsWorse = (a: Beside<T>, b: Beside<T>) =>
    a.run === b.run && a.mean.candidate === b.mean.candidate && a.differs.length > b.differs.length;
  return found.filter((one) => !found.some((other) => fitsWorse(one, other)));
}

/** Content hashes of the candidate and, if known, of the baseline; null if the run is of others. */
function hashesOf(run: Kept, candidate: string) {
  if ('losses' in run) return run.candidate === candidate ? { own: run.hash, baseline: null } : null;
  const own = run.variants.find(({ id }) => id === candidate)?.hash;
  const isOf = run.profiles.some((one) => one.candidate?.id === candidate);
  return own !== undefined && isOf ? { own, baseline: run.variants[0].hash } : null;
}

function differencesOf(run: Kept, { record }: View, { candidate, op }: Mean): string[] {
  const hashes = hashesOf(run, candidate);
  // Records of before there were classes have none.
  const there = record.machine.class === null ? { ...run.machine, class: null } : run.machine;
  const own = record.candidates.find((row) => row.candidate === candidate && row.op === op)?.hash;
  const baseline = record.baselines.find((row) => row.op === op)?.hash;
  return [
    ...(hashes?.own === own ? [] : ['Its candidate is of another source than that of the record.']),
    ...(hashes?.baseline === null || hashes?.baseline === baseline ? [] : ['Its baseline is not that of the record.']),
    ...(isSameClass(there, record.machine) ? [] : [`It ran on another machine: ${describeMachine(run.machine)}.`]),
  ];
}

/** `mine-ts, amd-zen3-avx2-2c: `, which tells one section from the others; empty where that needs no words. */
export function prefixOf(one: Beside<Kept>, all: readonly Beside<Kept>[]): string {
  const facts = [
    ({ mean }: Beside<Kept>) => shortName(mean.candidate, mean.op),
    ({ view }: Beside<Kept>) => view.machine,
  ];
  const told = facts.filter((fact) => all.some((other) => fact(other) !== fact(one))).map((fact) => fact(one));
  return told.length > 0 ? `${told.join(', ')}: ` : '';
}

/** Throws NfoldError for a named run that the page does not show. */
export function checkShown(subject: Subject): void {
  const found: Beside<Kept>[] = [...profilesOf(subject), ...trainingsOf(subject)];
  const missing = subject.runs.named.find((one) => found.every(({ run }) => run !== one));
  if (!missing) return;
  const what = 'losses' in missing ? `training ${missing.id}` : `profile ${missing.id}`;
  throw new NfoldError(`The ${what} is of no candidate that the page shows: give a record of its candidate as well.`);
}
