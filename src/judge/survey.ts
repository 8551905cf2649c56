/** The checks of candidates that failed one and go on, to learn how far the failure reaches. */
import type { AnyOp } from '../contract/op.ts';
import { type Seen, type Spread, spreadOf } from './pattern.ts';
import type { Verdict } from './verdict.ts';

/** How far a candidate goes on after its first failure, so that a hopeless one costs little. */
export interface SurveyLimits {
  readonly checks: number;
  readonly ms: number;
}

export const surveyLimits: SurveyLimits = { checks: 400, ms: 20_000 };

/** One candidate in one verification. */
export class Survey {
  readonly #limits: SurveyLimits;
  readonly #seen: Seen[] = [];
  #made = 0;
  #failed: { readonly made: number; readonly at: number } | null = null;
  #stopped: string | null = null;

  constructor(limits: SurveyLimits) {
    this.#limits = limits;
  }

  /** Whether a candidate that failed takes another check. */
  goesOn(): boolean {
    const { checks, ms } = this.#limits;
    if (this.#failed === null || this.#stopped !== null) return false;
    if (this.#made - this.#failed.made >= checks) this.#stopped = `a failed candidate takes ${checks} more`;
    else if (performance.now() - this.#failed.at > ms) this.#stopped = `a failed candidate goes on for ${ms / 1000} s`;
    return this.#stopped === null;
  }

  /** Takes the verdict of one check. Where there is nothing to compute, to be right says nothing. */
  add({ isEmpty, ...seen }: Omit<Seen, 'wrong'> & { readonly isEmpty: boolean }, verdict: Verdict): void {
    this.#made++;
    if (verdict.status === 'fail') this.#failed ??= { made: this.#made, at: performance.now() };
    if (verdict.status === 'fail' || (verdict.status === 'pass' && !isEmpty))
      this.#seen.push({ ...seen, wrong: verdict.status === 'fail' });
    if ('message' in verdict) this.#stopped = verdict.message;
  }

  spread(op: AnyOp, planned: number): Spread {
    return spreadOf(op, this.#seen, { left: planned - this.#made, stopped: this.#stopped });
  }
}
