/** Profiles and trainings of candidates of the training step: runs of their own, which are held against the record that is shown. */
import { NfoldError } from '../contract/errors.ts';
import { describeMachine } from '../machine/describe.ts';
import { isSameClass } from '../records/kept.ts';
import { type KeptProfile, loadProfile, loadProfiles } from '../records/profile.ts';
import type { Mean } from '../records/schema.ts';
import { loadTraining, loadTrainings, type Training } from '../records/training.ts';
import type { View } from './subject.ts';

type Kept = KeptProfile | Training;

/** What there is to show, the newest first. */
export interface Runs {
  readonly profiles: readonly KeptProfile[];
  readonly trainings: readonly Training[];
  /** Those that the user named are shown even if sources or machine are not the record's. */
  readonly named: readonly Kept[];
}

export const noRuns: Runs = { profiles: [], trainings: [], named: [] };

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

/** For the candidates of a training step, the best first, a named run or else the newest of the record's sources and class of machine. */
export function besideOf<T extends Kept>(views: readonly View[], runs: readonly T[], named: readonly Kept[]) {
  return views.flatMap((view): Beside<T>[] => {
    const rows = view.suite.showsEssayResults ? view.rows.filter(({ mean }) => !mean.peer) : [];
    const found = rows.flatMap(({ mean }): Beside<T>[] => {
      const own = runs
        .filter((run) => hashesOf(run, mean.candidate) !== null)
        .map((run) => ({ view, mean, run, differs: differencesOf(run, view, mean) }))
        .find(({ run, differs }) => named.includes(run) || differs.length === 0);
      return own ? [own] : [];
    });
    return found.slice(0, maxCandidates);
  });
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

/** Those of the files, or else those kept here; `tell` gets a sentence about each file that is passed over. */
export function runsOf(
  { profile = [], training = [] }: { readonly profile?: readonly string[]; readonly training?: readonly string[] },
  tell: (sentence: string) => void,
): Runs {
  const [profiles, trainings] = [profile.map(loadProfile), training.map(loadTraining)];
  return {
    profiles: profile.length > 0 ? profiles : [...loadProfiles(tell)],
    trainings: training.length > 0 ? trainings : [...loadTrainings(tell)],
    named: [...profiles, ...trainings],
  };
}

/** Throws NfoldError for a named run that the page does not show. */
export function checkShown(named: readonly Kept[], found: readonly Beside<Kept>[]): void {
  const missing = named.find((one) => found.every(({ run }) => run !== one));
  if (!missing) return;
  const what = 'losses' in missing ? `training ${missing.id}` : `profile ${missing.id}`;
  throw new NfoldError(`The ${what} is of no candidate that the page shows: give a record of its candidate as well.`);
}
