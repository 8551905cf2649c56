/** What a queue of scoring jobs does, whichever Postgres stands behind it: src/queue/open.ts opens one. */
import type { Job, Outcome } from './job.ts';

/** Where a job stands. A job is `dead` when it failed too often, with the reason. */
export type State = 'waiting' | 'active' | 'done' | 'dead';

export interface Status {
  readonly state: State;
  /** Name of the host that has it, or had it last; null before the first. */
  readonly host: string | null;
  /** Why it is dead, or why its last try failed. */
  readonly reason: string | null;
  /** Times that it was taken. */
  readonly tries: number;
}

/** A host, which one lock on timing and one A/A check belong to. */
export interface Host {
  readonly name: string;
  /** Its machine class, with Node and V8 (src/machine/hostClass.ts). */
  readonly class: string;
}

/** The first valid outcome of a job, which no later one displaces. */
export interface Scored {
  readonly outcome: Outcome;
  readonly host: Host;
  readonly finishedAt: string;
  /** Why it is held back: the host drifts. Null if it counts. */
  readonly held: string | null;
  /** Outcomes of the same job that came later, from a worker that was taken for lost, and were not used. */
  readonly late: number;
}

/** A job that a worker has, until it finishes it or is taken for lost. */
export interface Lease {
  readonly key: string;
  readonly job: Job;
  /** Tells the queue that the worker lives. False if the job was given to another one meanwhile. */
  touch(): Promise<boolean>;
  /** Hands the outcome in. False if it came late: there is a valid one already, or another worker has the job now. */
  finish(outcome: Outcome, held: string | null): Promise<boolean>;
  /** Gives the job back with the reason; after the last try it is dead. */
  fail(reason: string): Promise<void>;
}

/** A host's measurement of its baseline beside itself. */
export interface HostCheck {
  readonly host: Host;
  readonly at: string;
  /** Baseline over baseline: 1 but for the noise. Null without a calm round. */
  readonly ratio: { readonly value: number; readonly low: number | null; readonly high: number | null } | null;
  /** Largest difference, as a share, that one variant showed against itself. */
  readonly noiseFloor: number | null;
  /** Time of a call of the baseline, ns, by which a drift from day to day shows. */
  readonly timeNs: number | null;
  /** Why results of this host are held back; null if they count. */
  readonly held: string | null;
}

export interface Queue {
  /** Adds the jobs that are not there yet, by key. Returns how many were new. */
  send(jobs: readonly { readonly key: string; readonly job: Job }[]): Promise<number>;
  /** Of the keys that are there. */
  states(keys: readonly string[]): Promise<ReadonlyMap<string, Status>>;
  scored(key: string): Promise<Scored | null>;
  /** Takes a job that this host may work on, or null if none waits. */
  take(host: Host): Promise<Lease | null>;
  /** The newest check of each host. */
  hosts(): Promise<readonly HostCheck[]>;
  putCheck(check: HostCheck): Promise<void>;
  close(): Promise<void>;
}
