/**
 * The best candidate of an op against each peer, and against the runner-up. Overlapping intervals decide nothing: both were timed in the same
 * rounds, so their ratio has an interval of its own (analysis/pairs.ts).
 *
 *   ratio   geometric mean over the cases of peer time / candidate time, within a round
 */
import { disturbance } from '../analysis/disturbed.ts';
import { edges, peerName, shortName, times } from '../draw/words.ts';
import { type Interval, intervalOf } from '../stats/interval.ts';
import { leftOut, pooledOver } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import type { View } from './subject.ts';

export interface Rival {
  readonly name: string;
  /** Without edges where the rounds do not give them. */
  readonly ratio: Interval;
  readonly isClear: boolean;
}

/** The strongest first; none for a suite of several ops. */
export function rivalsOf({ record, best, rows }: View): Rival[] {
  if (best === null || rows.some(({ mean }) => mean.op !== best.op)) return [];
  const samples = record.samples.filter(({ op }) => op === best.op);
  const names = rows.find(({ mean }) => mean === best)?.results.map((result) => result.case) ?? [];
  const weights = new Map(names.map((name) => [name, 1 / names.length]));
  const floor = noiseFloor(samples, names)?.mean ?? best.noiseFloor;
  const found = rows.flatMap(({ mean, candidate }) => {
    if (!mean.peer || mean.geometric === null || best.geometric === null) return [];
    const ids = [mean.candidate, best.candidate] as const;
    const isCalm = names.every((name) => disturbance(leftOut(samples, ...ids, name), null) === null);
    const paired = isCalm ? pooledOver(samples, ...ids).weighted(weights) : null;
    const ratio = paired ? intervalOf(paired) : { value: best.geometric / mean.geometric, low: null, high: null };
    const isClear = compare(ratio, floor, 0) !== 'inconclusive';
    return [{ name: peerName(mean.candidate, candidate?.about), ratio, isClear }];
  });
  return found.sort((a, b) => a.ratio.value - b.ratio.value);
}

/** Of the strongest rival: clear, overlapping, or without an interval. */
export function rivalText(where: string, { name, ratio, isClear }: Rival): string {
  if (ratio.low === null)
    return `in ${where} the best is ${times(ratio.value)} as fast as ${name}, without an interval`;
  return isClear
    ? `in ${where} the best is ${times(ratio.value)} ${edges(ratio)} as fast as ${name}`
    : `in ${where} the best and ${name} cannot be told apart`;
}

/** The best two candidates, by their pair; empty without one. */
export function runnerUpText({ record, best, rows }: View): string {
  const [first, second] = rows.filter(({ mean }) => !mean.peer && mean.arithmetic);
  if (!second || first.mean !== best) return '';
  const ids = [first, second].map(({ mean }) => mean.candidate);
  const pair = record.pairs.find((one) => one.case === null && ids.includes(one.first) && ids.includes(one.candidate));
  if (!pair?.ratio) return '';
  const [other, own] = [pair.candidate, pair.first].map((id) => shortName(id, pair.op));
  const said = { faster: 'clearly faster', slower: 'clearly slower', same: 'the same', inconclusive: 'inconclusive' };
  return `${other} is ${times(pair.ratio.value)} ${edges(pair.ratio)} as fast as ${own}: ${said[pair.comparison ?? 'inconclusive']}`;
}
