/** The words of a warning: what happened, and what to do about it. */
import { counted } from '../contract/words.ts';
import type { Warning } from '../records/schema.ts';

const percent = (share: number) => `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`;
const ms = (ns: number) => `${(ns / 1e6).toPrecision(2)} ms`;

/** Two sentences; an older record's warning is all in the first. */
export function wordsOf(warning: Warning): { readonly happened: string; readonly remedy: string } {
  switch (warning.kind) {
    case 'busy':
      return {
        happened: `The machine was busy at the start: a load of ${warning.load.toFixed(1)} on ${counted(warning.cores, 'core')}.`,
        remedy: 'Close other programs and run again.',
      };
    case 'disturbed': {
      const { leftOut, calls, disturbed, rounds } = warning;
      const left = `${leftOut} of ${calls} calls (${percent(leftOut / calls)}) were left out`;
      const kept = `; ${disturbed} of ${rounds} rounds (counted per case) were disturbed throughout, so all their calls count`;
      return {
        happened: `Other programs used the CPU: ${left}${disturbed > 0 ? kept : ''}.`,
        remedy: 'Expect wider intervals, or close other programs and run again.',
      };
    }
    case 'pace':
      return {
        happened: `The CPU changed its speed by ${percent(warning.change)} between rounds (frequency, heat or a neighbour).`,
        remedy: 'Trust the speedups, which are ratios within a round, more than the times.',
      };
    case 'stolen':
      return {
        happened: `The hypervisor gave ${percent(warning.share)} of the CPU time to other machines; samples do not show which calls that hit.`,
        remedy: 'Run again when the host is quieter.',
      };
    case 'virtual':
      return {
        happened: 'This is a virtual machine: nfold cannot see what its neighbours do to caches and memory.',
        remedy: 'Repeat the run before you trust a small difference.',
      };
    case 'oversubscribed':
      return {
        happened: `${warning.threads} threads share ${counted(warning.cores, 'core')}, so spinning threads hold each other up.`,
        remedy: `Use --threads ${warning.cores}.`,
      };
    case 'clock': {
      const { variant, case: name, timeNs, clockNs } = warning;
      return {
        happened: `The clock is coarse for ${variant} at ${name}: a call takes ${timeNs.toFixed(0)} ns and the clock steps by ${clockNs} ns, ${percent(clockNs / timeNs)} of it.`,
        remedy: 'Trust the larger cases more.',
      };
    }
    case 'warmup':
      return {
        happened: `${warning.unsteady} of ${warning.of} warm-ups ran out of time before ten calls agreed within 2 %.`,
        remedy: 'More effort (default, --thorough) warms up for longer.',
      };
    case 'untimed': {
      const { variant, case: name, calledNs, untimedNs, baselineUntimedNs } = warning;
      return {
        happened: `Suspicious: ${variant} at ${name} uses ${ms(untimedNs)} of CPU time outside each call of ${ms(calledNs)}, the baseline ${ms(baselineUntimedNs)}.`,
        remedy: 'Read its source: it may work while it is not timed.',
      };
    }
    case 'note':
      return { happened: warning.text, remedy: '' };
  }
}

export function warningText(warning: Warning): string {
  const { happened, remedy } = wordsOf(warning);
  return `${happened} ${remedy}`.trim();
}
