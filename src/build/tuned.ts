/**
 * The logs of searches for parameters on this machine, in .nfold/tuned. A candidate has a file and an event a line, and lines are only
 * appended: a search can stop at any line and go on from there, and the evidence for a choice stays beside it. `build` reads them.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import type { Parameters } from '../contract/candidate.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { fingerprint } from '../machine/ceilings.ts';

const Values = z.record(z.string(), z.union([z.number(), z.string()]));
const times = z.array(z.number());

const about = {
  /** Hash of the candidate's source: results for another source do not count. */
  hash: z.string(),
  threads: z.int(),
  case: z.string(),
  dims: z.record(z.string(), z.number()),
  at: z.iso.datetime(),
  parameters: Values,
};

/** One configuration, timed next to the default in one process and in alternating order. */
const Trial = z.object({
  type: z.literal('trial'),
  ...about,
  rung: z.int(),
  /** Calls in time order; empty if it failed. */
  timeNs: times,
  defaultNs: times,
  /** Why it left the search. */
  failure: z.string().nullable(),
});

/** The end of a search: the parameters that later runs use, and why. */
const Winner = z.object({
  type: z.literal('winner'),
  ...about,
  machine: z.string(),
  /** The candidate's default, which the winner is measured against. */
  own: Values,
  /** Whether the winner was significantly faster; if not, `parameters` are the default. */
  confirmed: z.boolean(),
  /** Default's time over best configuration's, in fresh processes on fresh inputs, with its 95 % interval. */
  ratio: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }).nullable(),
  checks: z.int(),
  /** By round. */
  timeNs: z.array(times),
  defaultNs: z.array(times),
});

const Event = z.discriminatedUnion('type', [Trial, Winner]);
export type Trial = z.infer<typeof Trial>;
export type Winner = z.infer<typeof Winner>;
export type Event = z.infer<typeof Event>;

export function tuneFile(candidate: string): string {
  return join(workspace().state, 'tuned', fingerprint(), `${candidate.replaceAll('/', '-')}.jsonl`);
}

/** The events of a candidate's source, oldest first. Lines that are no events, such as half a line, are skipped, and so is an unreadable file. */
export function events(file: string, hash: string): Event[] {
  return contentOf(file)
    .toString()
    .split('\n')
    .flatMap((line) => attempt(() => Event.parse(JSON.parse(line)), []))
    .filter((event) => event.hash === hash);
}

type Dims = Readonly<Record<string, number>>;
const keyOf = (dims: Dims, threads: number) => JSON.stringify([threads, Object.entries(dims).sort()]);

/** The parameters that replace the candidate's default, by dims and threads; null where none do. */
export function tunedParameters(file: string, hash: string): (dims: Dims, threads: number) => Parameters | null {
  const found = new Map<string, Parameters | null>();
  for (const event of events(file, hash)) {
    if (event.type !== 'winner') continue;
    found.set(keyOf(event.dims, event.threads), event.confirmed ? event.parameters : null);
  }
  return (dims, threads) => found.get(keyOf(dims, threads)) ?? null;
}
