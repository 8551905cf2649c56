/**
 * One model over the cases and rounds of a variant. The logarithm of the ratio at case c in round r is
 *
 *   y(c, r) = mu(c) + shift(r) + scatter(c, r)
 *
 * where a round's shift (the machine of that minute) is common to its cases, and the scatter is not. With few rounds, Student's t over the
 * rounds of one case, or over the means of rounds, is 4 to 13 standard errors wide, for want of degrees of freedom. The cases have more:
 *
 *   a case   max(the case's own variance over rounds, the mean of these variances over cases) / rounds
 *   a mean   max(variance of the rounds' weighted sums, variance that the scatter alone would give it)
 *   df       rounds - 1 + min(1.5, (cases - 1)(rounds - 1) / 2)
 *
 * Pooling alone would be too sure where rounds shift, and rounds alone are not sure of anything; the larger of both costs little. The
 * mean over many cases counts as one over at most eight, or two rounds with a common shift would look alike by chance.
 * With one case this is Student's t over its rounds.
 *
 * Proof    `node bench/intervals.ts`: the coverage under heavy tails, drift and shifts, for 2, 3, 5 and 10 rounds (docs/measuring.md).
 */
import { mean } from 'simple-statistics';
import type { Estimate } from './interval.ts';

/** Log ratios by case and round; a case may lack rounds. */
export type LogRatios = ReadonlyMap<string, ReadonlyMap<number, number>>;

const maxBorrowed = 1.5;
const maxCases = 8;

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const meanOf = (values: Iterable<number>) => mean([...values]);

export class Pooled {
  readonly #logs: LogRatios;
  readonly #rounds: readonly number[];
  readonly #centers: ReadonlyMap<string, number>;
  /** Degrees of freedom that the other cases lend. */
  readonly #borrowed: number;

  constructor(logs: LogRatios) {
    this.#logs = new Map([...logs].filter(([, byRound]) => byRound.size > 0));
    this.#rounds = [...new Set([...this.#logs.values()].flatMap((byRound) => [...byRound.keys()]))];
    this.#centers = new Map([...this.#logs].map(([name, byRound]) => [name, meanOf(byRound.values())]));
    this.#borrowed = Math.min(maxBorrowed, this.#residualDf / 2);
  }

  get #residualDf(): number {
    const values = sum([...this.#logs.values()].map(({ size }) => size));
    return Math.max(0, values - this.#logs.size - this.#rounds.length + 1);
  }

  /** Null for a case without a round. */
  case(name: string): Estimate | null {
    const own = this.#logs.get(name);
    if (!own) return null;
    const variance = own.size < 2 ? null : Math.max(this.#spread([name]), this.#spread()) / own.size;
    return { log: this.#centers.get(name) as number, variance, df: own.size - 1 + this.#borrowed };
  }

  /** Of the weighted mean of the cases' logarithms, where weights add up to 1. Null if one of them has no round. */
  weighted(weights: ReadonlyMap<string, number>): Estimate | null {
    if ([...weights.keys()].some((name) => !this.#logs.has(name))) return null;
    const log = sum([...weights].map(([name, weight]) => weight * (this.#centers.get(name) as number)));
    const rounds = this.#rounds.filter((round) => [...weights.keys()].some((name) => this.#logs.get(name)?.has(round)));
    if (rounds.length < 2) return { log, variance: null, df: 0 };
    const byRound = rounds.map((round) => sum([...weights].map(([name, weight]) => this.#part(name, round, weight))));
    const ofRounds = (rounds.length / (rounds.length - 1)) * sum(byRound.map((part) => part ** 2));
    const squares = [...weights].map(([name, weight]) => weight ** 2 / (this.#logs.get(name)?.size as number));
    const ofScatter = this.#scatter() * Math.max(sum(squares), 1 / (maxCases * rounds.length));
    return { log, variance: Math.max(ofRounds, ofScatter), df: rounds.length - 1 + this.#borrowed };
  }

  /** What a round adds to the error of a weighted mean, by one case. */
  #part(name: string, round: number, weight: number): number {
    const own = this.#logs.get(name) as ReadonlyMap<number, number>;
    const log = own.get(round);
    return log === undefined ? 0 : (weight / own.size) * (log - (this.#centers.get(name) as number));
  }

  /** Variance over rounds, shifts included, within the cases. */
  #spread(names: readonly string[] = [...this.#logs.keys()]): number {
    const several = names.flatMap((name) => {
      const own = this.#logs.get(name) as ReadonlyMap<number, number>;
      return own.size < 2 ? [] : [{ own, center: this.#centers.get(name) as number }];
    });
    if (several.length === 0) return 0;
    const squares = several.map(({ own, center }) => sum([...own.values()].map((log) => (log - center) ** 2)));
    return sum(squares) / sum(several.map(({ own }) => own.size - 1));
  }

  /** Variance of the scatter: of what is left beside centers of cases and shifts of rounds, which alternating means find. */
  #scatter(): number {
    if (this.#residualDf === 0) return 0;
    const rest = new Map([...this.#logs].map(([name, own]) => [name, new Map(own)]));
    for (let sweep = 0; sweep < 20; sweep++) {
      for (const own of rest.values()) shift(own, meanOf(own.values()));
      for (const round of this.#rounds) {
        const having = [...rest.values()].filter((own) => own.has(round));
        const common = meanOf(having.map((own) => own.get(round) as number));
        for (const own of having) own.set(round, (own.get(round) as number) - common);
      }
    }
    return sum([...rest.values()].flatMap((own) => [...own.values()].map((log) => log ** 2))) / this.#residualDf;
  }
}

function shift(own: Map<number, number>, by: number): void {
  for (const [round, log] of own) own.set(round, log - by);
}
