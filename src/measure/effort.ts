/** How much time a run may take and how sure it should be. Effort follows precision: at 50x nobody needs half a percent. */
export interface Effort {
  readonly name: 'quick' | 'default' | 'thorough';
  /** Rounds: as many as are wanted, and the most if the interval stays wide. Never fewer than `leastRounds`. */
  readonly rounds: readonly [number, number];
  /** Stop once the interval of every mean is within this share of it. */
  readonly halfWidth: number;
  /** Seconds for the rounds of one suite. A slow machine gets fewer rounds, and so wider intervals, not a longer wait. */
  readonly budgetS: number;
  /** Milliseconds that the calls of one variant on one case should add up to in a round, as far as one call allows. */
  readonly sampleMs: number;
  /** Draws of each edge and distribution in verification. */
  readonly repeats: number;
  /** Time the `extra` cases as well. */
  readonly extra: boolean;
}

/** Two rounds are the least that say anything of the spread, and within them every case is checked in full once. */
export const leastRounds = 2;

export const efforts: Readonly<Record<Effort['name'], Effort>> = {
  quick: { name: 'quick', rounds: [3, 3], halfWidth: 0.05, budgetS: 55, sampleMs: 40, repeats: 1, extra: false },
  default: { name: 'default', rounds: [5, 10], halfWidth: 0.03, budgetS: 110, sampleMs: 150, repeats: 2, extra: false },
  thorough: {
    name: 'thorough',
    rounds: [8, 40],
    halfWidth: 0.01,
    budgetS: 1200,
    sampleMs: 500,
    repeats: 8,
    extra: true,
  },
};
