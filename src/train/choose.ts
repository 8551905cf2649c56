/** Chooses the candidate that a run trains with: the one that was named, or else the fastest here. Either has to pass verification. */
import { type Built, buildBaseline } from '../build/build.ts';
import { scan } from '../catalog/candidates.ts';
import { select } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { OnProgress } from '../contract/progress.ts';
import { makeSeed } from '../judge/seed.ts';
import { detailsOf, verdictText } from '../judge/verdict.ts';
import { duration } from '../report/format.ts';
import { builtOf, prepare } from '../run/prepare.ts';
import { verifyCandidates } from '../run/suite.ts';
import { efforts } from '../stopwatch/effort.ts';
import type { Plan } from './plan.ts';
import { Session } from './session.ts';

const trialSteps = 10;

/** Returns the variant and, if none was named, why it is this one. Throws NfoldError if there is no candidate, or none passes. */
export async function choose(plan: Plan, selector: string | undefined, onProgress: OnProgress) {
  const { task, threads } = plan;
  const { op } = task;
  const wanted = selector ?? plan.candidate;
  if (wanted === `${op.name}/baseline`) return { variant: await buildBaseline(op.name), why: null };
  const selection = select(wanted === null ? [] : [wanted], scan());
  const files = selection.candidates.filter((file) => file.op === op.name);
  const problems = wanted === null ? selection.problems.filter((problem) => problem.op === op.name) : [];
  if (files.length === 0) {
    const what = wanted === null ? `There is no candidate of ${op.name}` : `'${wanted}' is no candidate of ${op.name}`;
    const advice = `'nfold list ${op.name}' shows them, and ${op.name}/baseline always works`;
    throw new NfoldError(`${what}: ${advice}.`, 'unknown-name');
  }
  if (wanted !== null && files.length > 1) {
    const ids = files.map(({ id }) => id).join(', ');
    throw new NfoldError(
      `'${wanted}' names ${files.length} candidates, but train takes one: give one of ${ids}.`,
      'ambiguous-name',
    );
  }
  onProgress({ op: op.name, stage: 'building' });
  const prepared = await prepare({ op: op.name, candidates: files, problems });
  // The seed of a training run is short enough to be tried out.
  const { seed } = makeSeed(undefined);
  const options = { seed, threads, text: loadText(undefined, [op]).bytes, effort: efforts.quick, onProgress };
  const outcomes = await verifyCandidates(prepared, options, { cases: op.edges, timedShapes: false });
  const passed = builtOf(outcomes, ['pass']);
  const [{ verdict }] = outcomes;
  if (passed.length === 0) throw new NfoldError(`${verdictText(verdict)}.`, exit.failed, detailsOf(verdict));
  if (wanted !== null) return { variant: passed[0], why: null };
  const trials: { variant: Built; ns: number }[] = [];
  for (const variant of passed) {
    onProgress({ op: op.name, stage: `trying ${variant.id}` });
    const session = await Session.open(plan, variant);
    // The first messages warm up; the last one counts.
    for (let i = 0; i < 3; i++) await session.advance(trialSteps);
    trials.push({ variant, ns: session.callNs });
    session.close();
  }
  const [best, next] = trials.sort((a, b) => a.ns - b.ns);
  const against = next ? `, the next ${duration(next.ns)}` : '';
  const out = outcomes.length - passed.length;
  const hint = out > 0 ? `; ${out} left out, 'nfold verify ${op.name}' says why` : '';
  const why = `the fastest of ${passed.length} here, ${duration(best.ns)} a step${against}${hint}`;
  return { variant: best.variant, why };
}
