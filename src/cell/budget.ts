/**
 * The time that a candidate may take outside of its timed calls: to be bundled, described, generated, compiled and checked, and to open its
 * cases. Each step has a limit of its own, and their sum has this one, over verification and all rounds. Whose time passes is part of the
 * context in which a step is asked.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import { CandidateError } from '../contract/errors.ts';
import type { Spending } from '../contract/variant.ts';

/** An honest candidate takes some seconds; a slow, busy machine multiplies that. */
const totalMs = 90_000;
/** Times what the baseline has taken. */
const share = 10;
const tickMs = 100;

export class Budget implements Spending {
  spentMs = 0;
  readonly #ownMs: number;
  /** That of the baseline, which is opened for the same cases. */
  #beside: Spending | null = null;

  constructor(ownMs = totalMs) {
    this.#ownMs = ownMs;
  }

  standBeside(baseline: Spending): void {
    this.#beside = baseline;
  }

  get limitMs(): number {
    return this.#ownMs + share * (this.#beside?.spentMs ?? 0);
  }
}

const current = new AsyncLocalStorage<Spending>();
/** Steps that are being waited for: they share the CPUs. */
let active = 0;

/** Runs `work`, and what it awaits, at the cost of this budget. */
export const atCostOf = <T>(budget: Spending | undefined, work: () => T): T =>
  budget ? current.run(budget, work) : work();

export const atNoCost = <T>(work: () => T): T => current.exit(work);

/** Takes a step of at most `limitMs`, or of what is left of the budget. Throws CandidateError if nothing is. */
export async function spending<T>(limitMs: number, step: (limitMs: number) => Promise<T>): Promise<T> {
  const budget = current.getStore();
  if (!budget) return step(limitMs);
  const left = () => budget.limitMs - budget.spentMs;
  if (left() <= 0) throw exhausted(budget);
  // Ticks: while this process is busy with something else, an answer may lie unread.
  let ticks = 1;
  const timer = setInterval(() => {
    ticks += Math.min(1, availableParallelism() / active);
  }, tickMs);
  const stepMs = Math.min(limitMs, left());
  const began = performance.now();
  const tookMs = () => performance.now() - began;
  active++;
  try {
    return await step(stepMs);
  } catch (error) {
    const isLast = stepMs < limitMs && tookMs() >= stepMs - tickMs;
    throw isLast && error instanceof CandidateError ? exhausted(budget) : error;
  } finally {
    budget.spentMs += Math.min(tookMs(), ticks * tickMs);
    clearInterval(timer);
    active--;
  }
}

const exhausted = ({ limitMs }: Spending) =>
  new CandidateError(
    `takes more than ${(limitMs / 1000).toFixed(0)} s in all outside of its timed calls, to be built and to open its cases: do less while it is built, and in setup and scratchBytes`,
    'error',
    { code: 'ended' },
  );
