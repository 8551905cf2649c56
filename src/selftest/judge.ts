/**
 * What the judge says of a pack: each kernel is verified as any candidate is, on all edges, on shapes drawn for this run, and on
 * some timed ones; who passes that is put through timed calls as well, two rounds on few cases, where only the checks count.
 */

import type { Built } from '../build/build.ts';
import { buildBaseline } from '../build/build.ts';
import type { CandidateFile } from '../catalog/candidates.ts';
import { loadOp, loadOracle } from '../catalog/ops.ts';
import { loadText } from '../catalog/text.ts';
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import type { CheckName } from '../judge/checks.ts';
import { type Check, drawnCases, planChecks } from '../judge/plan.ts';
import type { Verdict } from '../judge/verdict.ts';
import { type VerifyRequest, verify } from '../judge/verify.ts';
import { efforts } from '../stopwatch/effort.ts';
import { measure } from '../stopwatch/measure.ts';
import { buildPacked, type Cheat } from './pack.ts';

export interface JudgeOptions {
  readonly seed: number;
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly without?: readonly CheckName[];
  /** Where kernels are verified; in a process each, unless said otherwise. Timed calls are always made there. */
  readonly start?: VerifyRequest['start'];
  /** False leaves the timed calls out. */
  readonly timed?: boolean;
  /** Takes one check in so many, by the seed: for honest kernels, which bench/false-rejections.ts puts through all. */
  readonly oneIn?: number;
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
  const { onProgress = () => {} } = options;
  const request = { ...options, op, oracle, baseline, text, cases: timed, effort };
  const checks = checksOf(op, timed, options);
  const built = new Map<CandidateFile, Built | Verdict>();
  const verified = new Map<string, Verdict>();
  const verifyAll = async (some: readonly CandidateFile[]) => {
    if (some.length === 0) return;
    onProgress({ op: opName, stage: `${built.size + 1} to ${built.size + some.length} of ${kernels.length}` });
    const found = await Promise.all(some.map((kernel) => buildPacked(kernel, timed[0].dims)));
    for (const [i, kernel] of some.entries()) built.set(kernel, found[i]);
    const variants = found.flatMap((one) => ('status' in one ? [] : [one]));
    const judged = await verify({ ...request, variants, checks, onProgress: undefined });
    for (const [id, verdict] of judged) verified.set(id, verdict);
  };
  // Kernels that run into a time limit do so at the same time, and the others are judged meanwhile.
  const [endless, rest] = [kernels.filter(isEndless), kernels.filter((kernel) => !isEndless(kernel))];
  const apart = verifyAll(endless);
  apart.catch(() => {});
  for (let from = 0; from < rest.length; from += together) await verifyAll(rest.slice(from, from + together));
  await apart;
  // All of them beside one baseline, and with one truth for each image.
  const all = kernels.map((kernel) => built.get(kernel) as Built | Verdict);
  const variants = all.flatMap((one) => ('status' in one || verified.get(one.id)?.status !== 'pass' ? [] : [one]));
  const progress: OnProgress = (now) => onProgress?.({ op: opName, ...now });
  const isTimed = variants.length > 0 && options.timed !== false;
  const measured = isTimed ? await measure({ ...request, variants, onProgress: progress }) : null;
  return all.map((one) =>
    'status' in one ? one : (measured?.verdicts.get(one.id) ?? (verified.get(one.id) as Verdict)),
  );
}

const isEndless = (kernel: CandidateFile | Cheat) => 'endless' in kernel && kernel.endless;

/** The smallest timed case; of sgemm one with many terms as well, where the bound is wide. */
export function timedCases(op: AnyOp): readonly Case[] {
  const [smallest] = bySize(op, op.cases);
  return op.name === 'sgemm' ? [smallest, ...op.cases.filter((c) => op.caseName(c) === 'M256N128K512')] : [smallest];
}

function checksOf(op: AnyOp, timed: readonly Case[], { seed, without = [], oneIn = 1 }: JudgeOptions): Check[] {
  const edges = without.includes('edges') ? [] : op.edges;
  const drawn = without.includes('drawn shapes') ? [] : drawnCases(op, seed);
  const all = planChecks(op, [...edges, ...drawn, ...timed], 1, false);
  const checks = all.filter((_, i) => (i + seed) % oneIn === 0);
  return without.includes('trajectory') ? checks.filter(({ trajectory }) => !trajectory) : checks;
}
