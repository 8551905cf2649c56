/** What may have disturbed the times of a run, in words: each sentence says what was seen and what follows from it. */
import { counted } from '../contract/words.ts';
import type { Machine } from '../machine/describe.ts';

/** Work that nobody times: what a call takes, and the CPU time of its threads beside it, its own and the baseline's. */
export interface Beside {
  readonly variant: string;
  readonly case: string;
  readonly calledNs: number;
  readonly besideNs: number;
  readonly usualNs: number;
}

export interface Observed {
  readonly machine: Machine;
  /** The most that any variant used. */
  readonly threads: number;
  readonly calls: { readonly leftOut: number; readonly of: number };
  /** Rounds of a case in which every turn was disturbed, and which count all the same. */
  readonly rounds: { readonly disturbed: number; readonly of: number };
  readonly warmups: { readonly unsteady: number; readonly of: number };
  /** Of the same loop, at the start of each round. */
  readonly pacesNs: readonly number[];
  /** Share of the machine's CPU time; null where the system does not say. */
  readonly stolen: number | null;
  readonly beside: readonly Beside[];
  readonly clockNs: number;
  /** The shortest call that was timed. */
  readonly shortest: { readonly variant: string; readonly case: string; readonly timeNs: number } | null;
}

const percent = (share: number) => `${Number((100 * share).toPrecision(share < 0.1 ? 1 : 2))} %`;

/** One sentence each; none if the machine was quiet. */
export function warningsOf(seen: Observed): string[] {
  const { machine, threads, calls, rounds, warmups, pacesNs, stolen, beside, clockNs, shortest } = seen;
  const found: string[] = [];
  const { load, cores } = machine;
  if (load !== null && load > cores)
    found.push(`The machine was busy at the start: a load of ${load.toFixed(1)} on ${cores} cores.`);
  if (calls.leftOut > 0.05 * calls.of || rounds.disturbed > 0.05 * rounds.of) {
    const left = `${calls.leftOut} of ${calls.of} calls (${percent(calls.leftOut / calls.of)}) waited for a CPU and were left out`;
    const kept = `; ${rounds.disturbed} of ${rounds.of} rounds, counted case by case, had no calm turn and count as they are`;
    found.push(`The machine was busy: ${left}${rounds.disturbed > 0 ? kept : ''}. Expect wider intervals.`);
  }
  const pace = pacesNs.length > 0 ? Math.max(...pacesNs) / Math.min(...pacesNs) - 1 : 0;
  if (pace > 0.05)
    found.push(
      `The CPU changed its speed by ${percent(pace)} between rounds (frequency, heat or a neighbour): trust speedups before times.`,
    );
  if (stolen !== null && stolen > 0.01)
    found.push(`The hypervisor gave ${percent(stolen)} of the CPU time to others, and no sample shows when.`);
  if (machine.virtual)
    found.push('This is a virtual machine: what its neighbours do to caches and memory is not seen here.');
  if (threads > cores)
    found.push(`${threads} threads share ${counted(cores, 'core')}: threads that spin wait for one another's turn.`);
  if (shortest !== null && clockNs > 0.01 * shortest.timeNs) {
    const { variant, case: name, timeNs } = shortest;
    const steps = `the clock steps by ${clockNs} ns`;
    found.push(
      `The clock is coarse for ${variant} at ${name}: a call takes ${timeNs.toFixed(0)} ns and ${steps}, ${percent(clockNs / timeNs)} of it.`,
    );
  }
  if (warmups.unsteady > 0.1 * warmups.of) {
    const share = `${warmups.unsteady} of ${warmups.of}`;
    found.push(
      `Warm-up was not steady in ${share}: its time was up before ten calls agreed within 2 %. More effort warms up for longer.`,
    );
  }
  for (const { variant, case: name, calledNs, besideNs, usualNs } of beside) {
    const [own, called, usual] = [besideNs, calledNs, usualNs].map((ns) => `${(ns / 1e6).toPrecision(2)} ms`);
    found.push(
      `Suspicious: ${variant} at ${name} has a CPU for ${own} beside each call of ${called}, the baseline for ${usual}: it may work where nobody looks at the clock.`,
    );
  }
  return found;
}
