/** The words of a warning: its name, what was seen, and what to do about it. */
import { counted } from '../contract/words.ts';
import type { Record } from '../records/schema.ts';
import type { Warning } from '../records/warning.ts';

interface Words {
  readonly name: string;
  /** A sentence, or two. */
  readonly seen: string;
  /** A sentence; empty for a warning of an old record, whose text may hold one. */
  readonly remedy: string;
}

type WordsOf = { readonly [K in Warning['kind']]: (facts: Extract<Warning, { kind: K }>) => Words };

const percent = (share: number) => `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`;
const ms = (ns: number) => `${(ns / 1e6).toPrecision(2)} ms`;

const words: WordsOf = {
  busy: ({ load, cores }) => ({
    name: 'Busy at the start',
    seen: `The machine was busy at the start: a load of ${load.toFixed(1)} on ${counted(cores, 'core')}.`,
    remedy: 'Close other programs and run again.',
  }),
  disturbed: ({ leftOut, calls, disturbed, rounds }) => {
    const left = `${leftOut} of ${calls} calls (${percent(leftOut / calls)}) were left out`;
    const kept = `; ${disturbed} of ${rounds} rounds (counted per case) had no calm turn and count for nothing`;
    return {
      name: 'Other programs',
      seen: `Other programs used the CPU: ${left}${disturbed > 0 ? kept : ''}.`,
      remedy: 'Close them and run again for narrower intervals.',
    };
  },
  pace: ({ change }) => ({
    name: 'Speed of the CPU',
    seen: `The CPU changed its speed by ${percent(change)} between rounds (frequency, heat or a neighbour).`,
    remedy: 'Trust the speedups, which are ratios within a round, more than the times.',
  }),
  stolen: ({ share }) => ({
    name: 'Time taken by the host',
    seen: `The hypervisor gave ${percent(share)} of the CPU time to other machines; samples do not show which calls that hit.`,
    remedy: 'Run again when the host is quieter.',
  }),
  virtual: () => ({
    name: 'Virtual machine',
    seen: 'This is a virtual machine: nfold cannot see what its neighbours do to caches and memory.',
    remedy: 'Repeat the run before you trust a small difference.',
  }),
  oversubscribed: ({ threads, cores }) => ({
    name: 'More threads than cores',
    seen: `${threads} threads share ${counted(cores, 'core')}, so they wait for each other.`,
    remedy: `Use --threads ${cores}.`,
  }),
  clock: ({ variant, case: name, timeNs, clockNs }) => ({
    name: 'Coarse clock',
    seen: `The clock is coarse for ${variant} at ${name}: a call takes ${timeNs.toFixed(0)} ns and the clock steps by ${clockNs} ns, ${percent(clockNs / timeNs)} of it.`,
    remedy: 'Trust the larger cases more.',
  }),
  warmup: ({ unsteady, of }) => ({
    name: 'Warm-up',
    seen: `${unsteady} of ${of} warm-ups ran out of time before ten calls agreed within 2 %.`,
    remedy: 'More effort (default, --thorough) warms up for longer.',
  }),
  foreseen: ({ variant, ratio, chance }) => ({
    name: 'Suspicious',
    seen: `Suspicious: ${variant} takes ${ratio.toFixed(1)} times as long in the calls that were compared in full, chosen after they were made, as in others; by chance that happens once in ${(1 / chance).toExponential(0)} runs.`,
    remedy: 'Read its source: it may know which calls are looked at.',
  }),
  untimed: ({ variant, case: name, calledNs, untimedNs, baselineUntimedNs }) => ({
    name: 'Suspicious',
    seen: `Suspicious: ${variant} at ${name} uses ${ms(untimedNs)} of CPU time outside each call of ${ms(calledNs)}, the baseline ${ms(baselineUntimedNs)}.`,
    remedy: 'Read its source: it may work while it is not timed.',
  }),
  note: ({ text }) => ({ name: 'Note', seen: text, remedy: '' }),
};

export const warningWords = (warning: Warning): Words => (words[warning.kind] as (facts: Warning) => Words)(warning);

/** What was seen, and the remedy. */
export function warningText(warning: Warning): string {
  const { seen, remedy } = warningWords(warning);
  return remedy ? `${seen} ${remedy}` : seen;
}

/** What to do where numbers of these candidates were withheld as disturbed. With more threads than cores they are so on an idle machine, too. */
export function remedyOf({ machine: { cores }, results }: Record, candidates: readonly string[]): string {
  const own = results.filter(({ candidate, peer }) => !peer && candidates.includes(candidate));
  const threads = Math.max(0, ...own.map((result) => result.threads));
  if (threads <= cores) return 'Close other programs and run again.';
  return `Its ${threads} threads share ${counted(cores, 'core')} and wait for each other: use --threads ${cores}.`;
}
