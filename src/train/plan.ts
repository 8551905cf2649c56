/** Combines the command line and a checkpoint into a plan, and checks it before anything is built. */
import { createHash, randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { loadOp } from '../catalog/ops.ts';
import { selectCases } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { NfoldError } from '../contract/errors.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { placeOf } from '../files/places.ts';
import { usableCores } from '../machine/cpus.ts';
import { type Checkpoint, checkWritable, readCheckpoint } from './checkpoint.ts';
import type { TrainFlags } from './flags.ts';
import { firstState, makeTask } from './task.ts';

export type Plan = Awaited<ReturnType<typeof makePlan>>;

const defaultCase = 'B4T64L4C128NH4V256';
const defaultSteps = 2000;

/** Throws NfoldError for flags that contradict each other or the checkpoint. */
export async function makePlan(flags: TrainFlags) {
  if (flags.save !== undefined) checkWritable(flags.save, '--save');
  if (flags.plot !== undefined) checkWritable(flags.plot, '--plot');
  const op = await loadOp('train_gpt2');
  const saved = flags.resume === undefined ? null : readCheckpoint(flags.resume, op);
  const named = saved && flags.case === undefined ? saved.case : caseFor(op, flags.case ?? defaultCase);
  const scalars = { ...(saved?.case.scalars ?? named.scalars) };
  const learning_rate = flags.learningRate ?? scalars.learning_rate;
  const { seed = saved?.header.seed ?? randomInt(2 ** 31) } = flags;
  if (saved) {
    const { header } = saved;
    const pairs = [
      ['--case', header.case, op.caseName(named)],
      ['--seed', header.seed, seed],
      ['--learning-rate', header.scalars.learning_rate, learning_rate],
    ];
    for (const [option, was, given] of pairs) {
      if (was === given) continue;
      const advice = `leave ${option} or --resume out`;
      throw new NfoldError(`${flags.resume} was trained with ${option} ${was}, not ${given}: ${advice}.`);
    }
  }
  const file = flags.text === undefined ? (saved?.header.text.file ?? null) : resolve(placeOf(flags.text));
  const c = { dims: named.dims, scalars: { ...scalars, learning_rate } };
  const read = loadText(flags.text ?? file ?? undefined, [{ ...op, cases: [c], edges: [] }]);
  const text = { ...read, name: flags.text ?? saved?.header.text.name ?? read.name };
  const sha256 = createHash('sha256').update(text.bytes).digest('hex');
  if (saved && saved.header.text.sha256 !== sha256) {
    throw new NfoldError(
      `The text ${text.name} is not the one that ${flags.resume} was trained on, ${saved.header.text.name} ` +
        '(their sha256 differ): give that one to --text, or leave --resume out.',
    );
  }
  const task = makeTask(op, c, seed, text);
  return {
    task,
    caseName: op.caseName(c),
    text: { name: text.name, file, sha256 },
    threads: flags.threads ?? saved?.header.threads ?? usableCores(),
    /** The first state, its losses from the fresh model on, and the candidate that trained it. */
    from: saved?.state ?? firstState(task),
    losses: saved?.losses ?? [],
    heldOut: saved?.header.heldOut ?? [],
    candidate: saved?.header.candidate ?? null,
    /** The step to end at; infinite if only the clock ends the run. */
    until: endOf(flags, saved),
  };
}

function endOf({ steps, minutes, resume }: TrainFlags, saved: Checkpoint | null): number {
  const planned = minutes === undefined ? (saved?.header.steps ?? defaultSteps) : Number.POSITIVE_INFINITY;
  const until = steps ?? planned;
  if (saved && saved.state.step >= until) {
    throw new NfoldError(`${resume} is already at step ${saved.state.step}: give --steps a larger number.`);
  }
  return until;
}

/** A timed case or an edge, which is a model too small to learn much, and quick to try. */
function caseFor(op: AnyOp, name: string): Case {
  const found = selectCases(op, [...op.cases, ...op.edges], name);
  if (found.length === 1) return found[0];
  const names = (found.length > 1 ? found : op.cases).map((c) => op.caseName(c)).join(', ');
  throw found.length > 1
    ? new NfoldError(
        `--case ${name} matches ${found.length} models, but train takes one: give one of ${names}.`,
        'ambiguous-name',
      )
    : new NfoldError(`No case is called '${name}': give --case one of ${names}.`, 'unknown-name');
}
