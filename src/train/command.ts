/** nfold train: trains the small language model on a text with one candidate, and reports its curve, its speed and a sample. */
import { join } from 'node:path';
import { exit } from '../contract/errors.ts';
import { counted, quoted } from '../contract/words.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { writeTo } from '../files/into.ts';
import { shown, workspace } from '../files/places.ts';
import { Unwritten, writeWhole } from '../files/write.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { duration } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import type { Trained } from '../schemas/wings.ts';
import { choose } from './choose.ts';
import { type Curves, svgCurve, terminalCurve } from './curve.ts';
import type { TrainFlags } from './flags.ts';
import { keepRun } from './keep.ts';
import { makePlan } from './plan.ts';
import { type Outcome, run } from './run.ts';
import { temperature } from './sample.ts';

export async function train(selector: string | undefined, flags: TrainFlags, io: Io): Promise<Result<Trained>> {
  const plan = await makePlan(flags);
  io.endOnStop('stopped before the first step: there is nothing to keep');
  const { variant, why } = await choose(plan, selector, io.progress);
  if (why) io.note(`${variant.id}: ${why}`);
  io.keepOnStop('stopping at the next step, and keeping the state; Ctrl-C again ends at once');
  const facts = { createdAt: new Date().toISOString(), machine: machine(), runtime: runtime() };
  const outcome = await run(plan, variant, flags, io);
  const kept = keepRun({ ...facts, plan, variant, outcome }, io.warn);
  // The state is saved, so Ctrl-C may end the wait for a pipe's reader at once.
  io.endOnStop();
  const curves = outcome.steps > 0 ? curvesOf(outcome) : null;
  const { displaced, interrupted, baseline } = outcome;
  const failed = displaced || (!interrupted && baseline?.within === false);
  const code = failed ? exit.failed : interrupted ? exit.interrupted : exit.fine;
  const after = async () => {
    if (flags.plot === undefined || !curves) return { code };
    return (await plot(flags.plot, curves, io)) ? { code, text: `\nPlot: ${flags.plot}` } : { code: exit.failed };
  };
  const where = kept === null ? [] : [`Kept: ${shown(kept)}`];
  const text = [...(await report(outcome, curves)), ...where, ...goOn(outcome, plan.until, flags)].join('\n\n');
  return { code, data: { ...outcome, plot: flags.plot ?? null }, text, after };
}

/** Returns whether the plot is where it was asked for. */
async function plot(file: string, curves: Curves, io: Io): Promise<boolean> {
  const svg = svgCurve(curves);
  try {
    await writeTo(file, svg, io.note);
    return true;
  } catch (error) {
    if (!(error instanceof Unwritten)) throw error;
    const other = elsewhere('plots', (folder) => {
      const name = join(folder, `${new Date().toISOString().replace(/\D/g, '')}-${process.pid}.svg`);
      writeWhole(name, svg);
      return name;
    });
    io.warn(`${error.clause}; ${other ? `the plot is in ${other} instead` : 'no other folder takes the plot either'}.`);
    return false;
  }
}

/** Next to the baseline's, only the losses of this run; else those before the checkpoint as well. */
function curvesOf({ baseline, resumedAt, losses, heldOut, candidate, case: model, text }: Outcome): Curves {
  const from = baseline ? resumedAt : 0;
  return {
    title: `${model} on ${text}`,
    ...{ candidate, from, losses: losses.slice(from), baseline: baseline?.losses ?? null },
    heldOut: heldOut.filter(([step]) => step >= from),
  };
}

/** The paragraphs about the run. */
async function report(outcome: Outcome, curves: Curves | null): Promise<string[]> {
  const { steps, threads, baseline, sample, tokensPerSecond } = outcome;
  const ends = (values: readonly number[]) =>
    [values[0], values[values.length - 1]].map((x) => x.toFixed(3)).join(' -> ');
  const parts = [
    `${outcome.candidate}: ${outcome.case} on ${outcome.text}, seed ${outcome.seed}, ${counted(threads, 'thread')}`,
  ];
  if (outcome.interrupted)
    parts.push(steps > 0 ? `Interrupted after step ${outcome.losses.length}.` : 'Interrupted before the first step.');
  if (curves) {
    const heldOut = curves.heldOut.length > 0 ? `, held-out ${ends(curves.heldOut.map(([, loss]) => loss))}` : '';
    parts.push(
      `${steps} steps, ${duration(outcome.timeNs)} of calls: ${tokensPerSecond?.toFixed(0)} tokens/s, by the time of the calls alone\n` +
        `training loss ${ends(curves.losses)}${heldOut}, nats per byte`,
      await terminalCurve(curves),
    );
  }
  if (baseline) {
    const { largestDifference, at, boundedSteps, worst, within } = baseline;
    const verdict = within ? pc.green('within its bound') : pc.red('outside its bound');
    const later = baseline.steps > boundedSteps ? '; training amplifies rounding, so later steps have no bound' : '';
    parts.push(
      `Beside the baseline: ${verdict} in the first ${boundedSteps} steps, at ${worst.toPrecision(2)} of it.\n` +
        `Largest difference in all ${baseline.steps} steps: ${largestDifference.toExponential(1)}, at step ${at}${later}.`,
    );
  }
  if (sample !== null) parts.push(`${pc.dim(`A sample, temperature ${temperature}:`)}\n${sample}`);
  return parts;
}

/** A paragraph with the newest checkpoint and the command that goes on from it; none if there is no checkpoint. */
function goOn({ checkpoint, checkpointStep: step, losses }: Outcome, until: number, { save, minutes }: TrainFlags) {
  if (checkpoint === null || step === null) return [];
  const older = step < losses.length ? `, of step ${step}` : '';
  const words = [
    ...workspace().command,
    'train',
    '--resume',
    checkpoint,
    ...(save === undefined ? [] : ['--save', save]),
  ];
  if (minutes !== undefined) words.push('--minutes', `${minutes}`);
  else if (step >= until) words.push('--steps', `${2 * step}`);
  return [`Checkpoint: ${checkpoint}${older}\nGo on with: ${words.map(quoted).join(' ')}`];
}
