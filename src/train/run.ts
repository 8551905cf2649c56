/** A training run from its plan to its outcome: the candidate, the baseline beside it, checkpoints, the sample. */

import { resolve } from 'node:path';
import { mean } from 'simple-statistics';
import { buildBaseline } from '../build/build.ts';
import type { Variant } from '../contract/variant.ts';
import { placeOf } from '../files/places.ts';
import { deriveSeed } from '../judge/seed.ts';
import { duration } from '../report/format.ts';
import type { Io } from '../report/output.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { Checkpoints } from './checkpoints.ts';
import { compareLosses, type LossComparison } from './compare.ts';
import type { TrainFlags } from './flags.ts';
import type { Plan } from './plan.ts';
import { generate, readable } from './sample.ts';
import { Session } from './session.ts';

export interface Outcome {
  readonly candidate: string;
  readonly case: string;
  readonly text: string;
  readonly seed: number;
  readonly threads: number;
  /** Before this run, and taken in it. */
  readonly resumedAt: number;
  readonly steps: number;
  /** Of the calls alone, without what lies between them. */
  readonly timeNs: number;
  readonly tokensPerSecond: number | null;
  /** Of every step from the first, those before a checkpoint included. */
  readonly losses: readonly number[];
  readonly heldOut: readonly (readonly [step: number, loss: number])[];
  readonly baseline: (LossComparison & { readonly losses: readonly number[] }) | null;
  readonly sample: string | null;
  /** The newest, and the step that it is of. */
  readonly checkpoint: string | null;
  readonly checkpointStep: number | null;
  /** The last state does not lie where it belongs. */
  readonly displaced: boolean;
  readonly interrupted: boolean;
}

/** Held-out losses in a run whose user asks for no other number. */
const evaluations = 20;

/** Throws NfoldError if a loss or the state stops being finite; aborted, it saves the state and returns what there is. */
export async function run(plan: Plan, variant: Variant, flags: TrainFlags, io: Io): Promise<Outcome> {
  const { signal } = io;
  const { task, from, caseName, until } = plan;
  const { dims, scalars } = task.case;
  const losses = [...plan.losses];
  const heldOut = [...plan.heldOut];
  const minutes = flags.minutes ?? Number.POSITIVE_INFINITY;
  const beside = flags.besideBaseline ? await openBaseline(plan, io) : null;
  const session = await Session.open(task, variant, plan.threads, from);
  const tokensPerSecond = () => (session.steps === 0 ? null : (1e9 * dims.B * dims.T * session.steps) / session.timeNs);
  const speed = () => `${tokensPerSecond()?.toFixed(0) ?? '-'} tokens/s`;

  const checkpoints = new Checkpoints(flags.save, io.note);
  const save = () => {
    const { state } = session;
    if (!state || session.step === from.step) return;
    const steps = Number.isFinite(until) ? until : null;
    const { seed } = task;
    // As the command that goes on takes it, from whatever folder.
    const candidate =
      variant.selector === undefined || variant.selector === variant.id
        ? variant.id
        : resolve(placeOf(variant.selector));
    const run = { candidate, threads: plan.threads, case: caseName, dims, scalars, seed, steps };
    const description = { ...run, text: plan.text, heldOut };
    checkpoints.save(session.step, (file) => writeCheckpoint(file, task.op, description, state, losses));
  };
  const evaluate = async () => {
    const before = heldOut.at(-1)?.[0] ?? 0;
    const loss = before === session.step && heldOut.length > 0 ? null : await session.heldOut(signal);
    if (loss === null) return;
    heldOut.push([session.step, loss]);
    const training = losses.length > before ? mean(losses.slice(before)).toFixed(3) : '    -';
    io.note(`step ${`${session.step}`.padStart(6)}   training ${training}   held-out ${loss.toFixed(3)}   ${speed()}`);
    if (flags.save !== undefined) save();
  };
  const advance = async (most: number) => {
    losses.push(...(await session.advance(most)));
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
  // One step more where the last ones left the state in the cell.
  if (!session.state) await advance(1);
  if (!signal.aborted) await evaluate();
  session.close();

  const baseline = beside && (await follow(beside, plan, losses, io));
  const sample = flags.sample > 0 && !signal.aborted ? await write(plan, session, flags, io) : null;
  if (signal.aborted) save();
  return {
    candidate: variant.id,
    case: caseName,
    text: plan.text.name,
    seed: task.seed,
    threads: session.threads,
    resumedAt: from.step,
    steps: session.steps,
    timeNs: session.timeNs,
    tokensPerSecond: tokensPerSecond(),
    losses,
    heldOut,
    baseline,
    sample,
    checkpoint: checkpoints.last?.file ?? null,
    checkpointStep: checkpoints.last?.step ?? null,
    displaced: checkpoints.displaced,
    interrupted: signal.aborted,
  };
}

interface Beside {
  readonly session: Session;
  readonly losses: number[];
}

/** The baseline after two steps, the second of which tells how long the others will take. */
async function openBaseline({ task, threads, from, until }: Plan, io: Io): Promise<Beside> {
  const session = await Session.open(task, await buildBaseline(task.op.name), threads, from);
  const losses = await session.advance(1);
  if (session.step < until) losses.push(...(await session.advance(1)));
  const minutes = Math.ceil((session.callNs * (until - from.step)) / 60e9);
  const all = Number.isFinite(minutes) ? `, about ${minutes} min for all of them` : '';
  io.note(`The baseline takes ${duration(session.callNs)} a step${all}; Ctrl-C keeps what there is by then.`);
  return { session, losses };
}

/** The steps that the candidate has taken, by the baseline. */
async function follow(
  { session, losses }: Beside,
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
  const learningRate = task.case.scalars.learning_rate;
  return { ...compareLosses(candidate.slice(from.step), losses, from.step, learningRate), losses };
}

async function write(
  { task, caseName }: Plan,
  { state, step }: Session,
  { prompt, sample }: TrainFlags,
  io: Io,
): Promise<string> {
  // A newline is the plainest beginning.
  const begin = Buffer.from(prompt || '\n');
  const wish = { prompt: begin, bytes: sample, seed: deriveSeed(task.seed, 'train', 'sample', step) };
  const [parameters] = state?.tensors ?? [];
  const onByte = (done: number) =>
    io.progress({ stage: 'writing a sample', detail: `${caseName}: ${done} of ${sample} bytes` });
  return readable(
    await generate(task.case.dims as Parameters<typeof generate>[0], parameters, wish, onByte, io.signal),
  );
}
