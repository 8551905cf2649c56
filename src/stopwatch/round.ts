/**
 * One round: a fresh process for each variant, the cases in random order, each with its turns (case.ts). Of two turns in succession, the first
 * has a random order and the second its reverse: any two variants meet as ABBA or BAAB. The threads of a variant have a CPU each, others in
 * the next round; variants of one thread share one.
 */
import { cpus } from '../cell/cpu.ts';
import { Timer } from '../cell/timer.ts';
import type { Rng } from '../contract/rng.ts';
import type { Variant } from '../contract/variant.ts';
import { callOn } from '../judge/batch.ts';
import { shuffled } from '../judge/inputs.ts';
import { measurePace, paceImage } from '../judge/pace.ts';
import { addVerdict, isStanding, pending, type Verdict } from '../judge/verdict.ts';
import { allowance } from './again.ts';
import { type Judgement, timeCase, verdictId, verdictOf } from './case.ts';
import type { CaseTimes, MeasureRequest } from './request.ts';

export interface Round {
  readonly number: number;
  /** The baseline comes first. */
  readonly variants: readonly Variant[];
  readonly rng: Rng;
}

/** Yields the times of each case when they are judged. Throws if it is aborted or the baseline fails. */
export async function* timeRound(request: MeasureRequest, round: Round): AsyncGenerator<CaseTimes> {
  const { op, signal, cases, threads } = request;
  const all = cpus();
  const first = round.number % Math.max(1, all.length);
  const choice = [...all.slice(first), ...all.slice(0, first)];
  const timers = round.variants.map((one) => new Timer(one, threads, choice));
  const grant = allowance<Timer>(request.effort);
  const stop = () => {
    for (const timer of timers) timer.close();
  };
  signal?.addEventListener('abort', stop);
  try {
    const { nsPerFlop, errors } = await warmProcesses(request, timers, round.rng);
    const verdicts = new Map<string, Verdict>(errors);
    yield { samples: [], warmups: [], untimed: [], audits: [], verdicts: errors };
    let waiting: Judgement | null = null;
    const complete: CaseTimes[] = [];
    const judgeWaiting = () => {
      const judge = waiting;
      waiting = null;
      if (!judge) return;
      const times = judge();
      for (const [id, verdict] of times.verdicts) addVerdict(verdicts, id, verdict);
      complete.push(times);
    };
    try {
      for (const c of shuffled(cases, round.rng)) {
        signal?.throwIfAborted();
        const standing = timers.filter(({ variant }) => isStanding(verdicts.get(verdictId(variant)) ?? pending));
        const timing = { case: c, baselineNs: nsPerFlop * op.flop(c.dims), grant };
        waiting = await timeCase(request, round.number, standing, timing, judgeWaiting);
        yield* complete.splice(0);
      }
      judgeWaiting();
      yield* complete.splice(0);
    } catch (error) {
      // What was timed before a request to stop is kept.
      if (signal?.aborted) judgeWaiting();
      yield* complete.splice(0);
      throw error;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
  }
}

/** Brings the code of every process to its final tier on the smallest case; returns the baseline's pace there. */
async function warmProcesses(request: MeasureRequest, [baseline, ...others]: readonly Timer[], rng: Rng) {
  const { op, cases, text, onProgress } = request;
  const image = paceImage(op, text, cases, rng.bits());
  onProgress({ stage: 'warming up', detail: baseline.variant.id });
  const nsPerFlop = await measurePace(baseline, image).catch((error: unknown) => {
    request.signal?.throwIfAborted();
    throw error;
  });
  const expectedNs = nsPerFlop * op.flop(image.case.dims);
  const errors = new Map<string, Verdict>();
  for (const timer of others) {
    const { variant, threads } = timer;
    onProgress({ stage: 'warming up', detail: variant.id });
    try {
      // JavaScript is compiled anew for each case: there is nothing to warm yet.
      if ((await variant.artifact(image.case.dims, threads)).kind === 'js') continue;
      await timer.open(image);
      await timer.turn([callOn(image, [])], { warmup: { calls: 3, ms: 40 }, expectedNs });
    } catch (error) {
      errors.set(verdictId(variant), verdictOf(request, variant, image.case, error));
    }
  }
  return { nsPerFlop, errors };
}
