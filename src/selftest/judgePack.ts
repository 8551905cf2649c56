/**
 * The whole pack, judged: several ops at a time, since the time of a call counts for nothing here, and those with the most kernels
 * first. Honest kernels take a fifth of the checks: bench/false-rejections.ts puts them through all.
 */

import { availableParallelism } from 'node:os';
import type { CandidateFile } from '../catalog/candidates.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { Verdict } from '../judge/verdict.ts';
import { type JudgeOptions, judge } from './judge.ts';
import { type Cheat, cheats, honest, isStated } from './pack.ts';

export interface Judged<K extends CandidateFile = CandidateFile> {
  readonly kernel: K;
  readonly verdict: Verdict;
  /** A cheat fails as stated, an honest kernel passes. */
  readonly good: boolean;
}

const mostAtATime = 4;

export async function judgePack(options: JudgeOptions) {
  const [bad, fine] = [cheats(), honest()];
  const total = bad.length + fine.length;
  const verdicts = new Map<CandidateFile, Verdict>();
  const ofOp = (kernels: readonly CandidateFile[], oneIn: number) =>
    Object.values(Object.groupBy(kernels, ({ op }) => op)).map((own = []) => ({ own, oneIn }));
  const rest = [...ofOp(bad, 1), ...ofOp(fine, 5)].sort((a, b) => b.own.length - a.own.length).values();
  const onProgress: OnProgress = ({ op, stage }) =>
    options.onProgress?.({ stage: `${verdicts.size} of ${total} judged`, detail: `${op}: ${stage}` });
  const work = async () => {
    for (const { own, oneIn } of rest) {
      const found = await judge(own[0].op, own, { ...options, oneIn, onProgress });
      for (const [i, kernel] of own.entries()) verdicts.set(kernel, found[i]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(mostAtATime, availableParallelism()) }, work));
  const judged = <K extends CandidateFile>(kernels: readonly K[], isGood: (kernel: K, verdict: Verdict) => boolean) =>
    kernels.map((kernel): Judged<K> => {
      const verdict = verdicts.get(kernel) as Verdict;
      return { kernel, verdict, good: isGood(kernel, verdict) };
    });
  return {
    cheats: judged<Cheat>(bad, isStated),
    honest: judged(fine, (_, { status }) => status === 'pass'),
  };
}
