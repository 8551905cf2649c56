/**
 * What a search for parameters did and found, kept for this machine in .nfold/tuned: a file a candidate, a line an event, only ever added
 * to, so that a search can stop at any line and go on from there, and the evidence for a choice stays beside it. Building reads it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Parameters } from '../contract/candidate.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { fingerprint } from '../machine/ceilings.ts';

const Values = z.record(z.string(), z.union([z.number(), z.string()]));
const times = z.array(z.number());

const about = {
  /** Of the candidate's source: what was found for another source says nothing of this one. */
  hash: z.string(),
  threads: z.int(),
  case: z.string(),
  dims: z.record(z.string(), z.number()),
  at: z.iso.datetime(),
  parameters: Values,
};

/** One configuration beside the default, in one process and in alternating order. */
const Trial = z.object({
  type: z.literal('trial'),
  ...about,
  rung: z.int(),
  /** Of calls, in time order; empty where it failed. */
  timeNs: times,
  defaultNs: times,
  /** Why it is out of the search. */
  failure: z.string().nullable(),
});

/** The end of a search: what later runs use, and why. */
const Winner = z.object({
  type: z.literal('winner'),
  ...about,
  machine: z.string(),
  /** The candidate's own choice, which the winner is measured against. */
  own: Values,
  /** Whether the winner was faster beyond doubt; if not, `parameters` are the candidate's own. */
  confirmed: z.boolean(),
  /** Time of the default over that of the best configuration, in fresh processes on fresh inputs, with its 95 % interval. */
  ratio: z.object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }).nullable(),
  checks: z.int(),
  /** Round by round. */
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

/** The events of this source of the candidate, oldest first. A line that is none, such as half a one, is passed over, and so is a file that cannot be read. */
export function events(file: string, hash: string): Event[] {
  return contentOf(file)
    .toString()
    .split('\n')
    .flatMap((line) => {
      try {
        const event = Event.parse(JSON.parse(line));
        return event.hash === hash ? [event] : [];
      } catch {
        return [];
      }
    });
}

type Dims = Readonly<Record<string, number>>;
const keyOf = (dims: Dims, threads: number) => JSON.stringify([threads, Object.entries(dims).sort()]);

/** What is to be used in place of the candidate's own choice, by dims and threads; null where nothing is. */
export function tunedParameters(file: string, hash: string): (dims: Dims, threads: number) => Parameters | null {
  const found = new Map<string, Parameters | null>();
  for (const event of events(file, hash)) {
    if (event.type !== 'winner') continue;
    found.set(keyOf(event.dims, event.threads), event.confirmed ? event.parameters : null);
  }
  return (dims, threads) => found.get(keyOf(dims, threads)) ?? null;
}
