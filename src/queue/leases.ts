/** Sends, takes and finishes jobs. The token of a lease is pg-boss's count of retries, which every take counts up. */
import { attempt } from '../contract/attempt.ts';
import { brief } from '../contract/errors.ts';
import { type Base, type Database, mending, schema } from './base.ts';
import type { Heartbeat } from './heartbeat.ts';
import { Job, type Outcome } from './job.ts';
import type { Host, Lease, Scored, Sent, State, Status, Terms } from './queue.ts';
import { anyHost, groupOf, idOf, makeQueue, maxEnds, maxTries, protocolFault, queueOf } from './tables.ts';

/** As pg-boss holds a job: what it says is text within, which may hold characters that jsonb refuses. */
interface Data {
  readonly protocol: number;
  /** Of a Text. */
  readonly text: string;
}

interface Text {
  readonly key?: string;
  readonly job?: unknown;
}

export interface LeaseOptions {
  /** At most so many jobs wait. */
  readonly maxWaiting: number;
  /** A worker that was not heard of for so long is lost, and its job goes to another one. */
  readonly heartbeatSeconds: number;
}

/** Large jobs have megabytes. */
const chunk = 50;

export async function send(
  base: Base,
  jobs: readonly { readonly key: string; readonly job: Job }[],
  { maxWaiting }: LeaseOptions,
): Promise<Sent> {
  const ids = jobs.map(({ key }) => idOf(key));
  const there = await base.rows<{ id: string }>(
    `select id from ${schema}.job where id = any($1::uuid[]) union select job from ${schema}.result where job = any($1::uuid[])`,
    [ids],
  );
  const known = new Set(there.map(({ id }) => id));
  // Of a key that is given twice, the first counts.
  const fresh = jobs.filter((_, i) => !known.has(ids[i]) && ids.indexOf(ids[i]) === i);
  const [{ waiting }] = await base.rows<{ waiting: number }>(
    `select count(*)::int as waiting from ${schema}.job where state < 'active' and name like '${anyHost}%'`,
  );
  const room = Math.max(0, maxWaiting - waiting);
  let added = 0;
  for (const [queue, own] of Map.groupBy(fresh.slice(0, room), ({ job }) => queueOf(job.class))) {
    if (queue !== anyHost) await makeQueue(base, queue);
    for (let i = 0; i < own.length; i += chunk) {
      const rows = own.slice(i, i + chunk).map(({ key, job }) => {
        const data: Data = { protocol: job.protocol, text: JSON.stringify({ key, job }) };
        return { id: idOf(key), group: { id: groupOf(job) }, data };
      });
      added += (await base.boss.insert(queue, rows, { returnId: true }))?.length ?? 0;
    }
  }
  return { added, left: fresh.slice(room).map(({ key }) => key) };
}

export async function states(base: Base, keys: readonly string[]): Promise<ReadonlyMap<string, Status>> {
  const keyOf = new Map(keys.map((key) => [idOf(key), key]));
  const found = await base.rows<Omit<Status, 'state'> & { id: string; state: string }>(
    `select k.id, case when r.job is not null then 'completed' else j.state::text end as state, coalesce(r.host, t.host) as host,
       case when r.job is null then coalesce(j.output->>'reason', t.refused) end as reason,
       coalesce(case when j.started_on is null then 0 else j.retry_count + ${maxTries} - j.retry_limit end, 1) as tries
     from unnest($1::uuid[]) k(id) left join ${schema}.result r on r.job = k.id left join ${schema}.taken t on t.job = k.id
       left join ${schema}.job j on j.id = k.id where j.id is not null or r.job is not null`,
    [[...keyOf.keys()]],
  );
  const named: Readonly<Record<string, State>> = {
    created: 'waiting',
    retry: 'waiting',
    active: 'active',
    completed: 'done',
  };
  return new Map(
    found.map(({ id, state, host, reason, tries }) => {
      const given = state === 'retry' || state === 'created';
      return [
        keyOf.get(id) ?? id,
        { state: named[state] ?? 'dead', host, reason, tries: given ? Math.max(0, tries) : tries },
      ];
    }),
  );
}

export async function scored(base: Base, key: string): Promise<Scored | null> {
  const [row] = await base.rows<{
    outcome: string;
    host: string;
    class: string;
    at: Date;
    held: string | null;
    late: number;
  }>(
    `select r.outcome, r.host, r.class, r.finished_at as at, r.held, coalesce(t.late, 0) as late
     from ${schema}.result r left join ${schema}.taken t using (job) where r.job = $1`,
    [idOf(key)],
  );
  if (row === undefined) return null;
  const { outcome, host, class: machineClass, at, held, late } = row;
  return {
    outcome: JSON.parse(outcome),
    host: { name: host, class: machineClass },
    finishedAt: at.toISOString(),
    held,
    late,
  };
}

export async function clear(base: Base, keys: readonly string[]): Promise<void> {
  await base.rows(
    `delete from ${schema}.job where state < 'active' and name like '${anyHost}%' and not id = any($1::uuid[])`,
    [keys.map(idOf)],
  );
}

/** Takes jobs for one process, which remembers the groups that it refuses. */
export class Taker {
  readonly #base: Base;
  readonly #options: LeaseOptions;
  readonly #heartbeat: Heartbeat | null;
  readonly #refused = new Set<string>();
  #sweptAt = 0;

  constructor(base: Base, options: LeaseOptions, heartbeat: Heartbeat | null) {
    this.#base = base;
    this.#options = options;
    this.#heartbeat = heartbeat;
  }

  async take(host: Host, terms: Terms): Promise<Lease | null> {
    await this.#sweep();
    for (const queue of [queueOf(host.class), anyHost])
      for (;;) {
        const taken = await this.#fetch(queue, host);
        if (taken === null) break;
        const { lease, data, job } = taken;
        const why = protocolFault(data.protocol);
        const parsed = why === null ? Job.safeParse(job) : null;
        if (parsed && !parsed.success) {
          await lease.fail('It is no job that a worker of this version can read.');
          continue;
        }
        const fault = why ?? (await terms.fault?.(parsed!.data)) ?? null;
        if (fault === null) return Object.assign(lease, { job: parsed!.data });
        if (taken.group) this.#refused.add(taken.group);
        await lease.giveBack(fault);
        terms.refused?.(lease.key, fault);
      }
    return null;
  }

  /** In no transaction: pg-boss asks for a queue that it does not know on another connection, which an embedded Postgres has not. */
  async #fetch(queue: string, host: Host) {
    const [found] = await this.#base.boss
      .fetch<Data>(queue, { ignoreGroups: [...this.#refused] })
      .catch((error: { code?: string }) => {
        // Nobody has sent a job for this class yet.
        if (error.code === 'PGBOSS_QUEUE_NOT_FOUND') return [];
        throw error;
      });
    if (found === undefined) return null;
    const { id, data, retryCount: token, groupId: group } = found;
    await this.#base.rows(
      `insert into ${schema}.taken (job, host, class, taken_at) values ($1, $2, $3, now())
       on conflict (job) do update set host = $2, class = $3, taken_at = now(), refused = null`,
      [id, host.name, host.class],
    );
    const { key = id, job } = attempt<Text, Text>(() => JSON.parse(data.text), {});
    const rest = this.#heartbeat?.keep({ queue, id, token });
    return { lease: new Held(this.#base, { queue, id, token, host, key }, rest), data, job, group };
  }

  /** Gives back the jobs of lost workers, and those that take too long. */
  async #sweep(): Promise<void> {
    const { heartbeatSeconds } = this.#options;
    if (this.#base.sole || performance.now() - this.#sweptAt < (heartbeatSeconds * 1000) / 3) return;
    this.#sweptAt = performance.now();
    await this.#base.transaction(async (db) => {
      const { rows } = await db.executeSql(
        `select id, name, retry_count as "retryCount", heartbeat_on < now() - $1 * interval '1 second' as silent from ${schema}.job
         where state = 'active' and name like '${anyHost}%' and
           (heartbeat_on < now() - $1 * interval '1 second' or started_on < now() - expire_seconds * interval '1 second')
         limit 100 for update skip locked`,
        [heartbeatSeconds],
      );
      for (const { id, name, retryCount, silent } of rows) {
        const reason = silent
          ? `Its worker was not heard of for ${heartbeatSeconds} s.`
          : 'It took longer than a job may take.';
        await this.#base.boss.fail(name, { id, retryCount }, { reason }, { db });
      }
    });
  }
}

/** One try of a job. */
interface Try {
  readonly queue: string;
  readonly id: string;
  readonly token: number;
  readonly host: Host;
  readonly key: string;
}

class Held {
  readonly key: string;
  readonly #base: Base;
  readonly #at: Try;
  /** Ends its heartbeat. */
  readonly #rest: () => void;

  constructor(base: Base, at: Try, rest = () => {}) {
    this.#base = base;
    this.#at = at;
    this.#rest = rest;
    this.key = at.key;
  }

  /** What pg-boss settles: this try of the job, and no later one. */
  get #attempt() {
    return { id: this.#at.id, retryCount: this.#at.token };
  }

  async finish(outcome: Outcome, held: string | null): Promise<boolean> {
    const counts = await mending(this.#base, () => this.#base.transaction((db) => this.#finishIn(db, outcome, held)));
    this.#rest();
    return counts;
  }

  async #finishIn(db: Database, outcome: Outcome, held: string | null): Promise<boolean> {
    const { queue, id, token, host } = this.#at;
    const first = await db.executeSql(
      `with own as (select id from ${schema}.job where name = $2 and id = $1 and state = 'active' and retry_count = $3 for update)
       insert into ${schema}.result (job, key, token, host, class, outcome, held) select id, $4, $3, $5, $6, $7, $8 from own
       on conflict do nothing returning job`,
      [id, queue, token, brief(this.key), host.name, host.class, JSON.stringify(outcome), held],
    );
    if (first.rows.length > 0) {
      await this.#base.boss.complete(queue, this.#attempt, null, { db });
      return true;
    }
    // It is there already if only the answer to it was lost.
    const { rows } = await db.executeSql(`select 1 from ${schema}.result where job = $1 and token = $2`, [id, token]);
    if (rows.length > 0) return true;
    await db.executeSql(`update ${schema}.taken set late = late + 1 where job = $1`, [id]);
    return false;
  }

  async fail(reason: string): Promise<void> {
    this.#rest();
    await mending(this.#base, () => this.#base.boss.fail(this.#at.queue, this.#attempt, { reason: brief(reason) }));
  }

  async giveBack(refused: string | null = null): Promise<void> {
    const { id, token } = this.#at;
    this.#rest();
    await mending(this.#base, () =>
      this.#base.transaction(async (db) => {
        await db.executeSql(
          `update ${schema}.job set state = 'retry', ${untried} where state = 'active' and id = $1 and retry_count = $2`,
          [id, token],
        );
        await db.executeSql(`update ${schema}.taken set refused = $2 where job = $1`, [id, refused]);
      }),
    );
  }
}

/** One more retry is allowed, and the count of retries stays the token that no later try has. */
const untried = 'retry_limit = retry_limit + 1, heartbeat_on = null';

/** For the only process that works: what is active was left by one that ended. */
export const putBack = (base: Base): Promise<unknown> =>
  base.rows(
    `with left_by as (insert into ${schema}.taken as t (job, ends) select id, 1 from ${schema}.job where state = 'active'
       on conflict (job) do update set ends = t.ends + 1 returning job, ends >= ${maxEnds} as dies)
     update ${schema}.job j set ${untried}, state = (case when dies then 'failed' else 'retry' end)::${schema}.job_state,
       completed_on = case when dies then now() end, output = case when dies then jsonb_build_object('reason', $1::text) else output end
     from left_by where id = left_by.job and state = 'active'`,
    [`It was running each of ${maxEnds} times that nfold ended unexpectedly.`],
  );
