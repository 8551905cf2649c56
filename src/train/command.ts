/** nfold train: the small language model on a text, with one candidate; its curve, its speed, what it writes. */
import { join } from 'node:path';
import { exit } from '../contract/errors.ts';
import { counted, quoted } from '../contract/words.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { writeTo } from '../files/into.ts';
import { workspace } from '../files/places.ts';
import { Unwritten, writeWhole } from '../files/write.ts';
import { duration } from '../report/format.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { choose } from './choose.ts';
import { type Curves, svgCurve, terminalCurve } from './curve.ts';
import type { TrainFlags } from './flags.ts';
import { makePlan } from './plan.ts';
import { type Outcome, run } from './run.ts';
import { temperature } from './sample.ts';

export async function train(selector: string | undefined, flags: TrainFlags, io: Io): Promise<Result> {
  const plan = await makePlan(flags);
  io.endOnStop('stopped before the first step: there is nothing to keep');
  const { variant, why } = await choose(plan, selector, io.progress);
  if (why) io.note(`${variant.id}: ${why}`);
  io.keepOnStop('stopping at the next step, and keeping the state; Ctrl-C again ends at once');
  const outcome = await run(plan, variant, flags, io);
  // The state is kept: while a pipe has no reader, Ctrl-C may end this at once.
  io.endOnStop();
  const curves = outcome.steps > 0 ? curvesOf(outcome) : null;
  const { displaced, interrupted, baseline } = outcome;
  const failed = displaced || (!interrupted && baseline?.within === false);
  const code = failed ? exit.failed : interrupted ? exit.interrupted : exit.fine;
  const after = async () => {
    if (flags.plot === undefined || !curves) return { code };
    return (await plot(flags.plot, curves, io)) ? { code, text: `\nPlot: ${flags.plot}` } : { code: exit.failed };
  };
  const data = { ...outcome, plot: flags.plot ?? null };
  return { code, data, text: await asText(outcome, plan.until, flags, curves), after };
}

/** Whether it lies where it was asked for. */
async function plot(file: string, curves: Curves, io: Io): Promise<boolean> {
  const svg = await svgCurve(curves);
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

/** Beside the baseline only the steps that both have trained; else those before the checkpoint as well. */
function curvesOf(outcome: Outcome): Curves {
  const from = outcome.baseline ? outcome.resumedAt : 0;
  return {
    title: `${outcome.case} on ${outcome.text}`,
    candidate: outcome.candidate,
    from,
    losses: outcome.losses.slice(from),
    heldOut: outcome.heldOut.filter(([step]) => step >= from),
    baseline: outcome.baseline?.losses ?? null,
  };
}

async function asText(outcome: Outcome, until: number, flags: TrainFlags, curves: Curves | null): Promise<string> {
  const { steps, threads, baseline, checkpoint, checkpointStep, sample, tokensPerSecond } = outcome;
  const last = outcome.losses.length;
  const ends = (values: readonly number[]) =>
    [values[0], values[values.length - 1]].map((x) => x.toFixed(3)).join(' -> ');
  const parts = [
    `${outcome.candidate}: ${outcome.case} on ${outcome.text}, seed ${outcome.seed}, ${counted(threads, 'thread')}`,
  ];
  if (outcome.interrupted)
    parts.push(steps > 0 ? `Interrupted after step ${last}.` : 'Interrupted before the first step.');
  if (curves) {
    const heldOut = curves.heldOut.length > 0 ? `, held-out ${ends(curves.heldOut.map(([, loss]) => loss))}` : '';
    parts.push(
      `${steps} steps, ${duration(outcome.timeNs)} of calls: ${tokensPerSecond?.toFixed(0)} tokens/s by the time of the calls alone\n` +
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
  if (checkpoint !== null && checkpointStep !== null) {
    const older = checkpointStep < last ? `, of step ${checkpointStep}` : '';
    parts.push(`Checkpoint: ${checkpoint}${older}\nGo on with: ${goOn(checkpoint, checkpointStep, until, flags)}`);
  }
  return parts.join('\n\n');
}

/** The command that continues from a checkpoint. */
function goOn(file: string, step: number, until: number, { save, minutes }: TrainFlags): string {
  const limit = minutes !== undefined ? ` --minutes ${minutes}` : step < until ? '' : ` --steps ${2 * step}`;
  return `${workspace().command.map(quoted).join(' ')} train --resume ${quoted(file)}${save === undefined ? '' : ` --save ${quoted(save)}`}${limit}`;
}
