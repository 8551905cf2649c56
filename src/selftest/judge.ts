/**
 * What the judge says of a pack: each kernel is verified as any candidate is, on all edges, on shapes drawn for this run, and on
 * some timed ones; who passes that is put through timed calls as well, two rounds on few cases, where only the checks count.
 */
import type { Built } from '../build/build.ts';
import { buildBaseline } from '../build/build.ts';
import type { CandidateFile } from '../catalog/candidates.ts';
import { loadOp, loadOracle } from '../catalog/ops.ts';
import { loadText } from '../catalog/text.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { efforts } from '../measure/effort.ts';
import { type MeasureRequest, measure } from '../measure/measure.ts';
import type { CheckName } from '../verify/checks.ts';
import type { Verdict } from '../verify/verdict.ts';
import { type Check, drawnCases, planChecks, verify } from '../verify/verify.ts';
import { buildPacked } from './pack.ts';

export interface JudgeOptions {
  readonly seed: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  onProgress(note: string): void;
  readonly without?: readonly CheckName[];
  /** Leaves timed calls aside: for long runs of verification. */
  readonly untimed?: boolean;
}

/** So many cells at once: each is a process, and most of them wait. */
const together = 8;
const effort = { ...efforts.quick, rounds: [2, 2] as const, sampleMs: 3, warmMs: 20, budgetS: 3600 };

/** Verdicts in the order of the kernels, which are all of one op. */
export async function judge(
  opName: string,
  kernels: readonly CandidateFile[],
  options: JudgeOptions,
): Promise<readonly Verdict[]> {
  const [op, oracle, baseline] = await Promise.all([loadOp(opName), loadOracle(opName), buildBaseline(opName)]);
  const { text, timed } = { text: loadText(undefined, [op]).bytes, timed: timedCases(op) };
  const request = { ...options, op, oracle, baseline, text, cases: timed, effort };
  // Ahead of those that are judged: one that never ends takes its time meanwhile.
  const building = kernels.map((kernel) => buildPacked(kernel, timed[0].dims));
  for (const one of building) one.catch(() => {});
  const verdicts: Verdict[] = [];
  for (let from = 0; from < kernels.length; from += together) {
    const some = building.slice(from, from + together);
    options.onProgress(`${opName}: ${from + 1} to ${from + some.length} of ${kernels.length}`);
    const built = await Promise.all(some);
    verdicts.push(...(await judgeSome(request, built, checksOf(op, timed, options), options)));
  }
  return verdicts;
}

async function judgeSome(
  request: Omit<MeasureRequest, 'variants'>,
  built: readonly (Built | Verdict)[],
  checks: readonly Check[],
  { untimed, onProgress }: JudgeOptions,
): Promise<Verdict[]> {
  const variants = built.flatMap((one) => ('status' in one ? [] : [one]));
  const verified = await verify({ ...request, variants, checks, onProgress: undefined });
  const standing = variants.filter(({ id }) => verified.get(id)?.status === 'pass');
  const measured =
    untimed || standing.length === 0
      ? verified
      : (
          await measure({
            ...request,
            variants: standing,
            onProgress: (note) => onProgress(`${request.op.name}: ${note}`),
          })
        ).verdicts;
  return built.map((one) => ('status' in one ? one : (measured.get(one.id) ?? (verified.get(one.id) as Verdict))));
}

/** The smallest timed case; of sgemm one with many terms as well, where the bound is wide. */
export function timedCases(op: AnyOp): readonly Case[] {
  const [smallest] = [...op.cases].sort((a, b) => op.flop(a.dims) - op.flop(b.dims));
  return op.name === 'sgemm' ? [smallest, ...op.cases.filter((c) => op.caseName(c) === 'M256N128K512')] : [smallest];
}

function checksOf(op: AnyOp, timed: readonly Case[], { seed, without = [] }: JudgeOptions): Check[] {
  const edges = without.includes('edges') ? [] : op.edges;
  const drawn = without.includes('drawn shapes') ? [] : drawnCases(op, seed);
  const checks = planChecks(op, [...edges, ...drawn, ...timed], 1, false);
  return without.includes('trajectory') ? checks.filter(({ trajectory }) => !trajectory) : checks;
}
