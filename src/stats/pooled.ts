/**
 * One model over the cases and rounds of a variant. The logarithm of the ratio at case c in round r is
 *
 *   y(c, r) = mu(c) + shift(r) + scatter(c, r)
 *
 * where a round's shift (the machine of that minute) is common to its cases, and the scatter is not. With few rounds, Student's t over the
 * rounds of one case, or over the means of rounds, is 4 to 13 standard errors wide, for want of degrees of freedom. The cases have more:
 *
 *   typical  median over cases of their variances, over that of chi-squared / (rounds - 1); of two cases, the mean
 *   a case   max(the case's own variance over rounds, typical) / rounds
 *   a mean   max(variance of the rounds' weighted sums, variance that the scatter alone gives it: for each case the mean of its own and the
 *            typical one)
 *   df       rounds - 1 + min(1.5, (cases - 1)(rounds - 1) / 2)
 *
 * Pooling alone would be too sure where rounds shift, and rounds alone are not sure of anything; the larger of both costs little. A median,
 * since one case that was disturbed says nothing of the others. The mean over many cases counts as one over at most eight, or two rounds with
 * a common shift would look alike by chance. With one case this is Student's t over its rounds.
 *
 * Proof    `node bench/intervals.ts`: the coverage under heavy tails, drift and shifts, for 2, 3, 5 and 10 rounds (docs/measuring.md).
 */
import { mean, median, sampleVariance } from 'simple-statistics';
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
  #typical: number | undefined;
  #typicalScatter: number | undefined;
  #residuals: LogRatios | undefined;

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
    this.#typical ??= typical(this.#logs);
    const variance = own.size < 2 ? null : Math.max(varianceOf(own), this.#typical) / own.size;
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
    const fewer = Math.max(1, 1 / (maxCases * rounds.length * sum(squares)));
    const ofScatter = fewer * sum([...weights.keys()].map((name, i) => squares[i] * this.#scatter(name)));
    return { log, variance: Math.max(ofRounds, ofScatter), df: rounds.length - 1 + this.#borrowed };
  }

  /** What a round adds to the error of a weighted mean, by one case. */
  #part(name: string, round: number, weight: number): number {
    const own = this.#logs.get(name) as ReadonlyMap<number, number>;
    const log = own.get(round);
    return log === undefined ? 0 : (weight / own.size) * (log - (this.#centers.get(name) as number));
  }

  /** Variance of a case's scatter: the mean of its own and the typical one. */
  #scatter(name: string): number {
    this.#residuals ??= residualsOf(this.#logs, this.#rounds);
    this.#typicalScatter ??= this.#residualDf === 0 ? 0 : typical(this.#residuals) * this.#perResidual;
    const own = this.#residuals.get(name) as ReadonlyMap<number, number>;
    return (varianceOf(own) * this.#perResidual + this.#typicalScatter) / 2;
  }

  /** Centers and shifts take a part of the scatter with them. */
  get #perResidual(): number {
    const cases = this.#logs.size;
    return cases < 2 ? 0 : cases / (cases - 1);
  }
}

/** Of logarithms over rounds; 0 for a single one. */
const varianceOf = (own: ReadonlyMap<number, number>) => (own.size < 2 ? 0 : sampleVariance([...own.values()]));

/** The variance that most cases have. */
function typical(logs: LogRatios): number {
  const several = [...logs.values()].filter(({ size }) => size > 1);
  if (several.length === 0) return 0;
  const variances = several.map(varianceOf);
  if (several.length < 3) return mean(variances);
  const df = meanOf(several.map(({ size }) => size - 1));
  // Wilson and Hilferty 1931: the median of chi-squared / df.
  return median(variances) / (1 - 2 / (9 * df)) ** 3;
}

/** What is left beside centers of cases and shifts of rounds, which alternating means find. */
function residualsOf(logs: LogRatios, rounds: readonly number[]): LogRatios {
  const rest = new Map([...logs].map(([name, own]) => [name, new Map(own)]));
  for (let sweep = 0; sweep < 20; sweep++) {
    for (const own of rest.values()) shift(own, meanOf(own.values()));
    for (const round of rounds) {
      const having = [...rest.values()].filter((own) => own.has(round));
      const common = meanOf(having.map((own) => own.get(round) as number));
      for (const own of having) own.set(round, (own.get(round) as number) - common);
    }
  }
  return rest;
}

function shift(own: Map<number, number>, by: number): void {
  for (const [round, log] of own) own.set(round, log - by);
}
