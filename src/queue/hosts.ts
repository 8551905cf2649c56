/** A/A checks of hosts: the baseline beside itself, which should be as fast as itself. */
import { type Base, schema } from './base.ts';
import type { HostCheck, HostState } from './queue.ts';

/**
 * A host is held if the ratio of its baseline to itself is surely off 1 by more than the first share, or known no better than the second.
 * Less noise shows in the interval of each score.
 */
export const [maxBias, maxNoise] = [0.05, 0.25];

/** Why the results of a host with this ratio are held back; null if they count. */
export function heldBy(ratio: HostCheck['ratio']): string | null {
  if (ratio === null || ratio.low === null || ratio.high === null)
    return 'The baseline could not be timed beside itself on this host, for want of calm rounds.';
  const { low, high } = ratio;
  const found = `The baseline timed beside itself on this host gives ${low.toFixed(3)} to ${high.toFixed(3)}`;
  if (high < 1 - maxBias || low > 1 + maxBias) return `${found}: it is off 1 by more than ${100 * maxBias} %.`;
  if (low < 1 / (1 + maxNoise) || high > 1 + maxNoise)
    return `${found}: this host is too noisy to tell ${100 * maxNoise} %.`;
  return null;
}

export async function putCheck(base: Base, { host, at, ratio, noiseFloor, timeNs, held }: HostCheck): Promise<void> {
  await base.transaction(async (db) => {
    if (held !== null)
      await db.executeSql(
        `update ${schema}.result set held = $2 where host = $1 and held is null and
           finished_at > coalesce((select max(at) from ${schema}.host where host = $1 and held is null), '-infinity')`,
        [host.name, held],
      );
    await db.executeSql(
      `insert into ${schema}.host (host, class, at, ratio, low, high, noise_floor, time_ns, held) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [host.name, host.class, at, ratio?.value, ratio?.low, ratio?.high, noiseFloor, timeNs, held].map(
        (value) => value ?? null,
      ),
    );
  });
}

interface Row {
  readonly host: string;
  readonly class: string;
  readonly at: Date;
  readonly ratio: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly noise_floor: number | null;
  readonly time_ns: number | null;
  readonly held: string | null;
  readonly checks: number;
  readonly usual: number | null;
}

/** A host that has changed its class is another machine: only checks of its class count. */
export async function hosts(base: Base): Promise<HostState[]> {
  const rows = await base.rows<Row>(
    `select n.*, b.checks, b.usual from (select distinct on (host) * from ${schema}.host order by host, id desc) n,
       lateral (select count(*)::int as checks, percentile_cont(0.5) within group (order by time_ns) filter (where id < n.id) as usual
         from ${schema}.host where host = n.host and class = n.class) b order by n.host`,
  );
  return rows.map(
    ({ host, class: machineClass, at, ratio, low, high, noise_floor: noiseFloor, time_ns: timeNs, usual, ...row }) => ({
      ...{ host: { name: host, class: machineClass }, at: at.toISOString(), held: row.held, checks: row.checks },
      ...{ ratio: ratio === null ? null : { value: ratio, low, high }, noiseFloor, timeNs },
      drift: timeNs === null || usual === null ? null : timeNs / usual,
    }),
  );
}
