/** What a queue of scoring jobs does, whichever Postgres stands behind it: src/queue/open.ts opens one. */
import type { Job, Outcome } from './job.ts';

/** Where a job stands. A job is `dead` when it failed too often, with the reason. */
export type State = 'waiting' | 'active' | 'done' | 'dead';

export interface Status {
  readonly state: State;
  /** Name of the host that has it, or had it last; null before the first. */
  readonly host: string | null;
  /** Why it is dead, why its last try failed, or why a worker has refused it. */
  readonly reason: string | null;
  /** Times that it was taken, but for those that gave it back untried. */
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
  /** Outcomes of the same job that came late, from a worker that was taken for lost, and were not used. */
  readonly late: number;
}

/** A job that a worker has, until it finishes it or is taken for lost: of a shared queue, when its process has not been heard of for a while. */
export interface Lease {
  readonly key: string;
  readonly job: Job;
  /** Hands the outcome in. False if it came late: there is a valid one already, or another worker has the job now. */
  finish(outcome: Outcome, held: string | null): Promise<boolean>;
  /** Gives the job back with the reason; after the last try it is dead. */
  fail(reason: string): Promise<void>;
  /** Gives the job back untried: this does not count as a try. */
  giveBack(): Promise<void>;
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

/** The newest check of a host. */
export interface HostState extends HostCheck {
  /** Number of checks. */
  readonly checks: number;
  /** Time of the baseline over the median of the checks before: 1.1 is a tenth slower. Null for the first check. */
  readonly drift: number | null;
}

/** What a worker makes sure of before it takes a job. */
export interface Terms {
  /** Why this installation cannot score such a job; null if it can. */
  fault?(job: Pick<Job, 'protocol' | 'baselines'>): Promise<string | null> | string | null;
  /** Is told once of each kind of job that it refuses. */
  refused?(key: string, why: string): void;
}

/** What became of jobs that were sent. */
export interface Sent {
  /** New ones. */
  readonly added: number;
  /** Keys of those that the queue is too full for now: send them again later. */
  readonly left: readonly string[];
}

export interface Queue {
  /** Whether this process is the only one that works on it. */
  readonly sole: boolean;
  /** Adds the jobs that are not there yet, by key, in any state, as far as there is room. */
  send(jobs: readonly { readonly key: string; readonly job: Job }[]): Promise<Sent>;
  /** Takes out what waits but for these: of a sole process, left by a command that ended early. */
  clear(keys: readonly string[]): Promise<void>;
  /** Of the keys that are there. */
  states(keys: readonly string[]): Promise<ReadonlyMap<string, Status>>;
  scored(key: string): Promise<Scored | null>;
  /** Takes a job that this host may work on, one at a time, or null if none waits. A job that it cannot score stays, with the reason. */
  take(host: Host, terms?: Terms): Promise<Lease | null>;
  /** The newest check of each host. */
  hosts(): Promise<readonly HostState[]>;
  /** Keeps a check. If it is held, so are the results of this host since its last good one. */
  putCheck(check: HostCheck): Promise<void>;
  close(): Promise<void>;
}
