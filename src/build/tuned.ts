/**
 * The logs of searches for parameters on this machine, in .nfold/tuned. A candidate has a file and an event a line, and lines are only
 * appended: a search can stop at any line and go on from there, and the evidence for a choice stays beside it. `build` reads them.
 */
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import type { Parameters } from '../contract/candidate.ts';
import { count, flag, list, number, numberOrNull, orNull, text } from '../contract/fields.ts';
import { contentOf } from '../files/given.ts';
import { workspace } from '../files/places.ts';
import { sealedJson, unsealed } from '../files/seal.ts';
import { fingerprint } from '../machine/ceilings.ts';

const Values = z.record(z.string(), z.union([z.number(), z.string()]));
const times = z.array(z.number());

const about = {
  hash: text("Hash of the candidate's source: results for another source do not count."),
  threads: count('Threads.'),
  case: text('Name of the case.'),
  dims: z.record(z.string(), z.number()).describe('Its dims.'),
  at: z.iso.datetime().describe('When, UTC.'),
  parameters: Values.describe('The parameters, by name.'),
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
export const Winner = z.object({
  type: z.literal('winner').describe('Always winner.'),
  ...about,
  machine: text('The machine.'),
  own: Values.describe("The candidate's default, which the winner is measured against."),
  confirmed: flag('Whether the winner was significantly faster; if not, `parameters` are the default.'),
  ratio: orNull(
    "Default's time over the best configuration's, in fresh processes on fresh inputs, with its 95 % interval.",
    z.object({
      value: number('The estimate.'),
      low: numberOrNull('Lower edge.'),
      high: numberOrNull('Upper edge.'),
    }),
  ),
  checks: count('Checks that it passed.'),
  timeNs: list('Times of its calls, ns, by round.', times),
  defaultNs: list("Times of the default's calls, ns, by round.", times),
});

const Event = z.discriminatedUnion('type', [Trial, Winner]);
export type Trial = z.infer<typeof Trial>;
export type Winner = z.infer<typeof Winner>;
export type Event = z.infer<typeof Event>;

export function tuneFile(candidate: string): string {
  return join(workspace().state, 'tuned', fingerprint(), `${candidate.replaceAll('/', '-')}.jsonl`);
}

/** A log's name is the same in whatever folder it lies. */
const nameOf = (file: string) => `${basename(dirname(file))}/${basename(file)}`;

/** An event as a line of its log. */
export const lineOf = (file: string, event: Event): string => sealedJson(nameOf(file), event);

/**
 * The events of a candidate's source, oldest first. Lines that are no events, such as half a line, are skipped, and so are those that came
 * with the folder, and an unreadable file. Behind too many of them nothing is ours.
 */
export function events(file: string, hash: string): Event[] {
  const found: Event[] = [];
  let strange = 0;
  for (const line of contentOf(file, maxBytes).toString().split('\n')) {
    const event = attempt(() => Event.parse(unsealed(nameOf(file), line)));
    if (event?.hash === hash) found.push(event);
    if (!event && ++strange > maxStrange) break;
  }
  return found;
}

/** More than months of searches write, and more lines than killed ones leave unfinished. */
const maxBytes = 2 ** 26;
const maxStrange = 1000;

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
