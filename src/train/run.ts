/** Carries out a training run: the candidate's steps, the baseline's beside them, checkpoints on the way, and the sample. */
import { resolve } from 'node:path';
import { mean } from 'simple-statistics';
import { buildBaseline } from '../build/build.ts';
import { threadsOf, type Variant } from '../contract/variant.ts';
import { placeOf } from '../files/places.ts';
import { deriveSeed } from '../judge/seed.ts';
import { duration } from '../report/format.ts';
import type { Io } from '../report/output.ts';
import { Checkpoints, writeCheckpoint } from './checkpoint.ts';
import { compareLosses } from './compare.ts';
import type { TrainFlags } from './flags.ts';
import type { Plan } from './plan.ts';
import { generate, type Model, readable } from './sample.ts';
import { Session } from './session.ts';
import type { Task } from './task.ts';

export type Outcome = Awaited<ReturnType<typeof run>>;

/** Held-out losses of a run without --eval-every. */
const evaluations = 20;

/** Throws NfoldError as Session does. If it is aborted, it saves the state and returns what it has by then. */
export async function run(plan: Plan, variant: Variant, flags: TrainFlags, io: Io) {
  const { signal } = io;
  const { task, from, caseName, threads, until } = plan;
  const { dims, scalars } = task.case;
  const losses = [...plan.losses];
  const heldOut = [...plan.heldOut];
  const minutes = flags.minutes ?? Number.POSITIVE_INFINITY;
  const beside = flags.besideBaseline ? await openBaseline(plan, io) : null;
  const session = await Session.open(plan, variant);
  const tokensPerSecond = () => tokensBy(session, task);
  const speed = () => `${tokensPerSecond()?.toFixed(0) ?? '-'} tokens/s`;

  const checkpoints = new Checkpoints(flags.save, io.note);
  const { id, selector = id } = variant;
  const fixed = {
    // The command that goes on may run in another folder.
    candidate: selector === id ? id : resolve(placeOf(selector)),
    ...{ threads, case: caseName, dims, scalars, seed: task.seed },
    steps: Number.isFinite(until) ? until : null,
    text: plan.text,
  };
  const save = () => {
    const { state, step } = session;
    if (!state || step === from.step) return;
    checkpoints.save(step, (file) => writeCheckpoint(file, task.op, { ...fixed, heldOut }, { state, losses }));
  };
  const evaluate = async () => {
    const [before] = heldOut.at(-1) ?? [null];
    const loss = before === session.step ? null : await session.heldOut(signal);
    if (loss === null) return;
    heldOut.push([session.step, loss]);
    const since = losses.slice(before ?? 0);
    const training = since.length > 0 ? mean(since).toFixed(3) : '    -';
    io.note(`step ${`${session.step}`.padStart(6)}   training ${training}   held-out ${loss.toFixed(3)}   ${speed()}`);
    if (flags.save !== undefined) save();
  };
  const advance = async (max: number) => {
    losses.push(...(await session.advance(max)));
    const of = Number.isFinite(until) ? ` of ${until}` : '';
    const loss = losses.at(-1)?.toFixed(3);
    io.progress({ stage: 'training', detail: `${caseName}: step ${session.step}${of}, loss ${loss}, ${speed()}` });
  };

  const end = performance.now() + 60_000 * minutes;
  await evaluate();
  let last = from.step;
  while (!signal.aborted && session.step < until && performance.now() < end) {
    const expected = Math.min(until - from.step, (60e9 * minutes) / session.callNs);
    const due = last + (flags.evalEvery ?? Math.ceil(expected / evaluations));
    await advance(Math.max(1, Math.min(until, due) - session.step));
    if (!session.state) continue;
    await evaluate();
    last = session.step;
  }
  // If only the cell has the state, one more step brings it back.
  if (!session.state) await advance(1);
  if (!signal.aborted) await evaluate();
  session.close();

  const baseline = beside && (await follow(beside, plan, losses, io));
  const sample = flags.sample > 0 && !signal.aborted ? await sampleOf(plan, session, flags, io) : null;
  if (signal.aborted) save();
  return {
    ...{ candidate: id, case: caseName, text: plan.text.name, seed: task.seed, threads: threadsOf(variant, threads) },
    /** Steps before this run, its own, and the time of its calls alone. */
    ...{ resumedAt: from.step, steps: session.steps, timeNs: session.timeNs, tokensPerSecond: tokensPerSecond() },
    /** Losses of every step from the first, those before a checkpoint included. */
    ...{ losses, heldOut, baseline, sample },
    /** The newest checkpoint, its step, and whether it is not where it belongs. */
    checkpoint: checkpoints.last?.file ?? null,
    checkpointStep: checkpoints.last?.step ?? null,
    displaced: checkpoints.displaced,
    interrupted: signal.aborted,
  };
}

/** The baseline after two steps. The second, which is warm, tells how long the others will take. */
async function openBaseline(plan: Plan, io: Io) {
  const { task, from, until } = plan;
  const session = await Session.open(plan, await buildBaseline(task.op.name));
  const losses = await session.advance(1);
  if (session.step < until) losses.push(...(await session.advance(1)));
  const minutes = Math.ceil((session.callNs * (until - from.step)) / 60e9);
  const all = Number.isFinite(minutes) ? `, about ${minutes} min for all of them` : '';
  io.note(`The baseline takes ${duration(session.callNs)} a step${all}; Ctrl-C stops it and keeps what was trained.`);
  return { session, losses };
}

/** Trains the baseline for the candidate's steps and compares the losses. */
async function follow(
  { session, losses }: Awaited<ReturnType<typeof openBaseline>>,
  { from, caseName, task }: Plan,
  candidate: readonly number[],
  io: Io,
) {
  while (!io.signal.aborted && session.step < candidate.length) {
    losses.push(...(await session.advance(candidate.length - session.step)));
    const detail = `${caseName}: step ${session.step} of ${candidate.length}`;
    io.progress({ stage: 'training the baseline', detail });
  }
  session.close();
  const { learning_rate } = task.case.scalars;
  const compared = compareLosses(candidate.slice(from.step), losses, from.step, learning_rate);
  return { ...compared, tokensPerSecond: tokensBy(session, task), losses };
}

const tokensBy = ({ steps, timeNs }: Session, { case: { dims } }: Task) =>
  steps === 0 ? null : (1e9 * dims.B * dims.T * steps) / timeNs;

async function sampleOf(
  { task, caseName }: Plan,
  { state, step }: Session,
  { prompt, sample: bytes }: TrainFlags,
  { progress, signal }: Io,
): Promise<string> {
  const onByte = (done: number) =>
    progress({ stage: 'writing a sample', detail: `${caseName}: ${done} of ${bytes} bytes` });
  const [parameters] = state?.tensors ?? [];
  const model = { dims: task.case.dims, parameters } as Model;
  // A text begins with a newline unless the user says otherwise.
  const wish = { prompt: Buffer.from(prompt || '\n'), bytes, seed: deriveSeed(task.seed, 'train', 'sample', step) };
  return readable(await generate(model, wish, onByte, signal));
}
