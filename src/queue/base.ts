/** A Postgres with pg-boss on it, which has its tables and nfold's in the schema `nfold`. */
import type { PgBoss } from 'pg-boss';
import type { NfoldError } from '../contract/errors.ts';

/** What runs a statement, in a transaction or not. */
export type Database = ReturnType<PgBoss['getDb']>;

export interface Base {
  readonly boss: PgBoss;
  /** Whether this process is the only one that works on it. */
  readonly sole: boolean;
  rows<R>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** All of it or nothing. */
  transaction<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** What the user can mend, in place of what a driver says. */
  faultOf(error: unknown): NfoldError;
  close(): Promise<void>;
}

export const schema = 'nfold';

/** pg-boss's own work on schedules, statistics and indexes is not needed. */
export const bossOptions = {
  schema,
  schedule: false,
  supervise: false,
  reindex: false,
  registerInstance: false,
  openTelemetry: { enabled: false },
} as const;

/** Runs `work`; an error of it becomes a sentence. */
export async function mending<T>(base: Pick<Base, 'faultOf'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw base.faultOf(error);
  }
}
