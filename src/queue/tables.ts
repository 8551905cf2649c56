/**
 * nfold's tables beside those of pg-boss (job, queue, version and others):
 *
 *   result   the first valid outcome of each job
 *   taken    who took a job last, how many outcomes came late, why a worker refused it, how often its process ended amid it
 *   host     every A/A check
 *
 * `job` is the id of pg-boss's job, a uuid that follows from nfold's key.
 */
import { NfoldError } from '../contract/errors.ts';
import { sha256 } from '../contract/sha256.ts';
import { type Base, schema } from './base.ts';
import { protocol } from './job.ts';

/** Version of these tables, and of those that pg-boss 12.38 makes (`pgboss.schema` in its package.json; a test holds it). */
export const [ownVersion, bossVersion] = [2, 46];

const tables = `
select pg_advisory_xact_lock(hashtext('${schema}.tables'));
create table if not exists ${schema}.about (version int not null);
insert into ${schema}.about select ${ownVersion} where not exists (select from ${schema}.about);
create table if not exists ${schema}.result (
  job uuid primary key, key text not null, token int not null, host text not null, class text not null,
  outcome text not null, held text, finished_at timestamptz not null default now());
create index if not exists result_by_host on ${schema}.result (host, finished_at);
create table if not exists ${schema}.taken (
  job uuid primary key, host text, class text, taken_at timestamptz, late int not null default 0, refused text,
  ends int not null default 0);
create table if not exists ${schema}.host (
  id bigint generated always as identity primary key, host text not null, class text not null, at timestamptz not null,
  ratio float8, low float8, high float8, noise_floor float8, time_ns float8, held text);
create index if not exists host_by_name on ${schema}.host (host, id);`;

/** Makes the tables and the queues that are not there yet. */
export async function makeTables(base: Base): Promise<void> {
  await base.transaction(async (db) => {
    for (const statement of tables.split(/;\n/)) await db.executeSql(statement);
  });
  await base.boss.createQueue(dead, { deleteAfterSeconds: 0 });
  await makeQueue(base, anyHost);
}

/** Throws NfoldError for tables of another version. */
export async function checkTables(base: Base): Promise<void> {
  const [versions] = await base.rows<{ own: number; boss: number }>(
    `select (select max(version) from ${schema}.about)::int as own, (select max(version) from ${schema}.version)::int as boss`,
  );
  if (versions.own === ownVersion && versions.boss === bossVersion) return;
  const [there, here] = [`${versions.own}.${versions.boss}`, `${ownVersion}.${bossVersion}`];
  throw new NfoldError(`The queue has tables of version ${there}, and this nfold needs ${here}.`, 'failed', {
    hint: base.sole
      ? 'Move that folder away: what has a score stays in .nfold/scores.'
      : 'Install the same nfold on all machines, or make a new database for this one.',
  });
}

/** Jobs for any host; the queue of a class; and where pg-boss copies what failed too often. */
export const anyHost = 'score';
export const dead = 'dead';
export const queueOf = (machineClass: string | null): string =>
  machineClass === null ? anyHost : `${anyHost}.${machineClass}`;

/** A job is tried so often; then it is dead. */
export const maxTries = 3;

/** A job during which the process of a folder ended so often is dead: it may well be the cause. */
export const maxEnds = 10;

/** Nothing is ever deleted: a job that was scored is not scored again. */
export const makeQueue = (base: Base, name: string): Promise<void> =>
  base.boss.createQueue(name, {
    ...{ retryLimit: maxTries - 1, deadLetter: dead, expireInSeconds: 6 * 3600 },
    ...{ deleteAfterSeconds: 0, retentionSeconds: 10 * 365 * 86_400 },
  });

/** The id that a key has in pg-boss. */
export function idOf(key: string): string {
  const hex = sha256(key);
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Jobs of one group can be scored by the same installations. */
export function groupOf(job: {
  readonly protocol: number;
  readonly baselines: Readonly<Record<string, string>>;
}): string {
  return sha256(JSON.stringify([job.protocol, Object.entries(job.baselines).sort()])).slice(0, 16);
}

/** Why no worker of this version can score a job; null if it is of its protocol. */
export const protocolFault = (theirs: number): string | null =>
  theirs === protocol
    ? null
    : `It is of protocol ${theirs}, and this nfold has protocol ${protocol}: scores of two do not compare. Start a worker of the nfold that sent it.`;
