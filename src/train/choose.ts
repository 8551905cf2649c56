/** The candidate that a run trains with: the one that was named, or the fastest here; verified either way. */

import { type Built, buildBaseline } from '../build/build.ts';
import { scan } from '../catalog/candidates.ts';
import { select } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { OnProgress } from '../contract/progress.ts';
import { planChecks } from '../judge/plan.ts';
import { verdictText } from '../judge/verdict.ts';
import { verify } from '../judge/verify.ts';
import { duration } from '../report/format.ts';
import { builtOf, prepare } from '../run/prepare.ts';
import type { Plan } from './plan.ts';
import { Session } from './session.ts';

export interface Choice {
  readonly variant: Built;
  /** Why this one, where nobody named it. */
  readonly why: string | null;
}

/** Throws NfoldError where none can be found or none passes. */
export async function choose(
  { task, threads, from, candidate }: Plan,
  selector: string | undefined,
  onProgress: OnProgress,
): Promise<Choice> {
  const { op, seed } = task;
  const wanted = selector ?? candidate;
  if (wanted === `${op.name}/baseline`) return { variant: await buildBaseline(op.name), why: null };
  const selection = select(wanted === null ? [] : [wanted], scan());
  const files = selection.candidates.filter((file) => file.op === op.name);
  const problems = wanted === null ? selection.problems.filter((problem) => problem.op === op.name) : [];
  if (files.length === 0) {
    const what = wanted === null ? `There is no candidate of ${op.name}` : `'${wanted}' is no candidate of ${op.name}`;
    throw new NfoldError(
      `${what}: 'nfold list ${op.name}' shows them, and ${op.name}/baseline always works.`,
      exit.nothing,
    );
  }
  if (wanted !== null && files.length > 1) {
    const ids = files.map(({ id }) => id).join(', ');
    throw new NfoldError(`'${wanted}' names ${files.length} candidates, and one trains: give one of ${ids}.`);
  }
  onProgress({ op: op.name, stage: 'building' });
  const { oracle, baseline, candidates } = await prepare({ op: op.name, candidates: files, problems });
  const variants = builtOf(candidates, ['pending']);
  const verdicts = await verify({
    op,
    oracle,
    baseline,
    variants,
    checks: planChecks(op, op.edges, 1, false),
    seed,
    threads,
    text: loadText(undefined, [op]).bytes,
    onProgress: (done, total) =>
      onProgress({ op: op.name, stage: 'verifying', detail: `check ${done + 1} of ${total}` }),
  });
  const passed = variants.filter(({ id }) => verdicts.get(id)?.status === 'pass');
  if (passed.length === 0) {
    const [{ id, verdict }] = candidates;
    throw new NfoldError(`${verdictText(verdicts.get(id) ?? verdict)}.`, exit.failed);
  }
  if (wanted !== null) return { variant: passed[0], why: null };
  const trials: { variant: Built; ns: number }[] = [];
  for (const variant of passed) {
    onProgress({ op: op.name, stage: `trying ${variant.id}` });
    const session = await Session.open(task, variant, threads, from);
    // The first messages warm up; the last one tells.
    for (let i = 0; i < 3; i++) await session.advance(trialSteps);
    trials.push({ variant, ns: session.callNs });
    session.close();
  }
  const [best, next] = trials.sort((a, b) => a.ns - b.ns);
  const against = next ? `, the next ${duration(next.ns)}` : '';
  const out = candidates.length - passed.length;
  const hint = out > 0 ? `; ${out} left out, 'nfold verify ${op.name}' says why` : '';
  return {
    variant: best.variant,
    why: `the fastest of ${passed.length} here, ${duration(best.ns)} a step${against}${hint}`,
  };
}

const trialSteps = 10;
