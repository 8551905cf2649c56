/** What may have disturbed the times of a run. */
import { z } from 'zod';
import { caseName, count, number, op, sentence, variant } from './fields.ts';
import { cores } from './machine.ts';

const warning = <K extends string, S extends z.ZodRawShape>(kind: K, what: string, facts: S) =>
  z.object({ kind: z.literal(kind).describe(what), ...facts });

/** Facts that may have disturbed the times; report/warnings.ts has the words and the remedies. */
export const Warning = z.discriminatedUnion('kind', [
  warning('busy', 'The machine was busy at the start.', { load: number('Load average over one minute.'), cores }),
  warning('disturbed', 'Other programs took the CPU during timed calls.', {
    leftOut: count('Calls that were left out.'),
    calls: count('Calls that were timed.'),
    disturbed: count('Rounds of a case without a calm turn, which count for nothing.'),
    rounds: count('Rounds, counted per case.'),
  }),
  warning('pace', 'The CPU changed its speed between rounds.', {
    change: number('Longest time of a fixed loop over its shortest, minus 1.'),
  }),
  warning('stolen', 'The hypervisor ran other machines.', { share: number('Share of the CPU time that they got.') }),
  warning('virtual', 'This is a virtual machine.', {}),
  warning('oversubscribed', 'A candidate used more threads than there are cores.', {
    threads: count('Largest number of threads that a candidate used.'),
    cores,
  }),
  warning('clock', 'The clock is coarse for the shortest call.', {
    variant,
    case: caseName,
    timeNs: number('Typical time of the call, ns.'),
    clockNs: number('Smallest step of the clock, ns.'),
  }),
  warning('warmup', 'Warm-ups ran out of time before the times were steady.', {
    unsteady: count('Warm-ups that did.'),
    of: count('Warm-ups.'),
  }),
  warning('foreseen', 'A candidate takes longer in calls that were compared in full.', {
    ...{ variant, op, ratio: number('Time of these calls over that of others.') },
    chance: number('Probability of that by chance.'),
  }),
  warning('untimed', 'A candidate uses much CPU time outside its timed calls.', {
    variant,
    case: caseName,
    calledNs: number('Time of a call, ns.'),
    untimedNs: number('CPU time of its threads outside of it, ns a call.'),
    baselineUntimedNs: number('The same of the baseline, ns a call.'),
  }),
  warning('note', 'A warning of a record of version 1 or 2.', { text: sentence.describe('The warning.') }),
]);

export type Warning = z.infer<typeof Warning>;
