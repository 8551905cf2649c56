/** Profiles and trainings: those that a user names, or those that are kept here. */
import { type KeptProfile, loadProfile, loadProfiles } from '../records/profile.ts';
import { loadTraining, loadTrainings, type Training } from '../records/training.ts';

export type Kept = KeptProfile | Training;

/** The newest first. */
export interface Runs {
  readonly profiles: readonly KeptProfile[];
  readonly trainings: readonly Training[];
  /** Those that the user named are shown even if sources or machine are not the record's. */
  readonly named: readonly Kept[];
}

export const noRuns: Runs = { profiles: [], trainings: [], named: [] };

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
