/**
 * Judges the kernels of the pack: each is verified like a candidate, on all edges, on shapes drawn for this run, and on some timed ones.
 * Those that pass make timed calls as well, in two rounds on few cases, of which only the checks count.
 */
import { availableParallelism } from 'node:os';
import { type Built, buildBaseline } from '../build/build.ts';
import type { CandidateFile } from '../catalog/candidates.ts';
import { loadOp, loadOracle } from '../catalog/ops.ts';
import { loadText } from '../catalog/text.ts';
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import type { OnProgress } from '../contract/progress.ts';
import { makeRng, type Seed } from '../contract/rng.ts';
import type { CheckName } from '../judge/checks.ts';
import { type Check, drawnCases, planChecks } from '../judge/plan.ts';
import { deriveSeed } from '../judge/seed.ts';
import type { Verdict } from '../judge/verdict.ts';
import { type VerifyRequest, verify } from '../judge/verify.ts';
import { efforts } from '../stopwatch/effort.ts';
import { measure } from '../stopwatch/measure.ts';
import { buildPacked, type Cheat, cheats, honest, isStated } from './pack.ts';

export interface JudgeOptions {
  readonly seed: Seed;
  readonly threads: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  readonly without?: readonly CheckName[];
  /** Where kernels are verified, by default in a process each. Timed calls are always made in a process. */
  readonly start?: VerifyRequest['start'];
  /** False leaves the timed calls out. */
  readonly timed?: boolean;
  /** Takes one check of `oneIn`, which the seed selects. */
  readonly oneIn?: number;
  readonly survey?: VerifyRequest['survey'];
}

export interface Judged<K extends CandidateFile = CandidateFile> {
  readonly kernel: K;
  readonly verdict: Verdict;
  /** Whether a cheat fails as stated, or an honest kernel passes. */
  readonly good: boolean;
}

/** Ops at once, whose calls are not timed for their speed, and cells of an op at once, of which most wait; they share one truth, which takes longer than they do. */
const [maxOps, maxCells] = [4, 16];
/**
 * Some cheats are honest in their first calls, ten at most. So the warm-up counts calls, and the timed ones come after those on a machine of any speed. Without
 * a budget two rounds are the last on a busy machine as well, and no call is made again.
 */
const effort = { ...efforts.quick, rounds: [2, 2] as const, sampleMs: 3, warmMs: 100, minWarmCalls: 10, budgetS: 0 };

/** Judges the whole pack, the ops with the most kernels first. Honest kernels take a fifth of the checks: bench/false-rejections.ts has all. */
export async function judgePack(options: JudgeOptions & { readonly families: readonly string[] }) {
  const [bad, fine] = [cheats().filter(({ family }) => options.families.includes(family)), honest()];
  const total = bad.length + fine.length;
  const verdicts = new Map<CandidateFile, Verdict>();
  const byOp = (kernels: readonly CandidateFile[], oneIn: number) =>
    Object.values(Object.groupBy(kernels, ({ op }) => op)).map((own = []) => ({ own, oneIn }));
  const rest = [...byOp(bad, 1), ...byOp(fine, 5)].sort((a, b) => b.own.length - a.own.length).values();
  const onProgress: OnProgress = ({ op, stage }) =>
    options.onProgress?.({ stage: `${verdicts.size} of ${total} judged`, detail: `${op}: ${stage}` });
  const work = async () => {
    for (const { own, oneIn } of rest) {
      const found = await judge(own[0].op, own, { ...options, oneIn, onProgress });
      for (const [i, kernel] of own.entries()) verdicts.set(kernel, found[i]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(maxOps, availableParallelism()) }, work));
  const judged = <K extends CandidateFile>(kernels: readonly K[], isGood: (kernel: K, verdict: Verdict) => boolean) =>
    kernels.map((kernel): Judged<K> => {
      const verdict = verdicts.get(kernel) as Verdict;
      return { kernel, verdict, good: isGood(kernel, verdict) };
    });
  return { cheats: judged<Cheat>(bad, isStated), honest: judged(fine, (_, { status }) => status === 'pass') };
}

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
  // Kernels that run into a time limit do so together, while the others are judged.
  const [endless, rest] = [kernels.filter(isEndless), kernels.filter((kernel) => !isEndless(kernel))];
  const apart = verifyAll(endless);
  apart.catch(() => {});
  for (let from = 0; from < rest.length; from += maxCells) await verifyAll(rest.slice(from, from + maxCells));
  await apart;
  // All share one baseline, and one truth for each image.
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

/** The smallest timed case; for sgemm also one with many terms, where the bound is wide. */
export function timedCases(op: AnyOp): readonly Case[] {
  const [smallest] = bySize(op, op.cases);
  return op.name === 'sgemm' ? [smallest, ...op.cases.filter((c) => op.caseName(c) === 'M256N128K512')] : [smallest];
}

function checksOf(op: AnyOp, timed: readonly Case[], { seed, without = [], oneIn = 1 }: JudgeOptions): Check[] {
  const edges = without.includes('edges') ? [] : op.edges;
  const drawn = without.includes('drawn shapes') ? [] : drawnCases(op, seed);
  const all = planChecks(op, [...edges, ...drawn, ...timed], { seed, repeats: 1, timedShapes: false });
  const first = makeRng(deriveSeed(seed, op.name, 'one in')).int(0, oneIn - 1);
  const checks = all.filter((_, i) => i % oneIn === first);
  return without.includes('trajectory') ? checks.filter(({ trajectory }) => !trajectory) : checks;
}
