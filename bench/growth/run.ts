/** Takes a candidate to a model: builds it anew, and times its steps in processes of their own. */
import { once } from 'node:events';
import baseline from '../../baselines/train_gpt2/baseline.ts';
import op from '../../baselines/train_gpt2/op.ts';
import type { Built } from '../../src/build/build.ts';
import { privateFolder } from '../../src/cell/folder.ts';
import { endGroup, startTrusted } from '../../src/cell/lockdown.ts';
import { CandidateError } from '../../src/contract/errors.ts';
import type { Seed } from '../../src/contract/rng.ts';
import { threadsOf } from '../../src/contract/variant.ts';
import { inWorkspace, programFile, workspaceAt } from '../../src/files/places.ts';
import { deriveSeed } from '../../src/judge/seed.ts';
import type { Ceilings } from '../../src/machine/ceilings.ts';
import { computePeak } from '../../src/machine/roofline.ts';
import { minTurnNs, typicalNs } from '../../src/stats/samples.ts';
import { nameOf } from './models.ts';
import type { Found } from './report.ts';
import type { Answer, Asked } from './step.ts';

export interface Conditions {
  readonly threads: number;
  readonly rounds: number;
  readonly seed: Seed;
  readonly signal: AbortSignal;
}

/** Before it is set beside a peak. */
type Timed = Omit<Found, 'percent' | 'peak'>;

/** Limit of one process. A result that is far from the reference is compared with the oracle, which takes minutes at a large model. */
const maxMs = 600_000;
/** Models of more flop get one round: to draw their states and to check their steps takes much longer than the steps. */
const dearFlop = 4e10;

/** Builds are kept by what they are made of: here there are none yet. */
const unbuilt = workspaceAt(privateFolder());

/** Builds for no model of the tables, which starts the compilers, and is all that a candidate needs whose module is the same for all. */
export async function warmBuild(built: Built): Promise<void> {
  await inWorkspace(unbuilt, () => built.artifact(op.edges[0].dims)).catch(wordsOf);
}

/** What a candidate does at a model, or in words why it does nothing. Throws the signal's reason. */
export async function measured(
  built: Built,
  dims: Asked['dims'],
  { threads: available, rounds, seed, signal }: Conditions,
): Promise<Timed | string> {
  const [variant, name, threads] = [built.id, nameOf(dims), threadsOf(built, available)];
  const began = performance.now();
  const make = () => built.artifact(dims, threads);
  // What fails is built again where its file has the name that the user knows.
  const artifact = await inWorkspace(unbuilt, make).catch(() => make().catch(wordsOf));
  const builtMs = performance.now() - began;
  if (typeof artifact === 'string') return artifact;
  if (artifact.kind !== 'wasm') return 'it is no WebAssembly, and only that is timed here';
  const samples = [];
  let last: Exclude<Answer, { failed: string }> | null = null;
  for (let round = 0; round < (op.flop(dims) > dearFlop ? 1 : rounds); round++) {
    const own = deriveSeed(seed, name, round);
    const answer = await ask({ candidate: variant, bytes: artifact.bytes, dims, threads, seed: own }, built, signal);
    if ('failed' in answer) return answer.failed;
    samples.push(...answer.turns.map((times, turn) => ({ ...times, round, turn, case: name, variant })));
    last = answer;
  }
  return {
    medianNs: typicalNs(samples, variant, name) as number,
    bestNs: minTurnNs(samples, variant, name) as number,
    scratchBytes: last?.scratchBytes ?? 0,
    baselineBytes: baselineBytes(dims),
    buildMs: builtMs + (last?.compileMs ?? 0),
  };
}

const wordsOf = (error: unknown): string => {
  if (error instanceof CandidateError) return error.message;
  throw error;
};

async function ask(asked: Asked, { flags }: Built, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const program = { main: programFile('bench/growth/step'), reads: [], flags };
  const child = startTrusted(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const stop = () => endGroup(child);
  const began = performance.now();
  const limit = setTimeout(stop, maxMs);
  signal.addEventListener('abort', stop);
  try {
    const ended = once(child, 'exit').then(([code, name]): [Answer] => {
      const late = performance.now() - began >= maxMs;
      const how = late ? `did not answer within ${maxMs / 1000} s` : `ended early (${name ?? `exit code ${code}`})`;
      return [{ failed: `its process ${how}` }];
    });
    child.send(asked, () => {});
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    signal.throwIfAborted();
    return answer;
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Bytes of the arrays that the baseline keeps beside the tensors. They are never written to, and so take no memory here. */
export function baselineBytes(dims: Asked['dims']): number {
  let bytes = 0;
  const counted = <T extends { readonly byteLength: number }>(array: T): T => {
    bytes += array.byteLength;
    return array;
  };
  const [f32, i32] = [
    (length: number) => counted(new Float32Array(length)),
    (length: number) => counted(new Int32Array(length)),
  ];
  baseline.setup(dims, { f32, i32 });
  return bytes;
}

/** With the share of the peak that flags and threads allow, if the arithmetic could be measured. */
export function withPeak(
  found: Timed,
  built: Built,
  fma: Ceilings['fma'] | null,
  { dims, threads }: { readonly dims: Asked['dims']; readonly threads: number },
): Found {
  if (!fma) return { ...found, peak: null, percent: null };
  const one = (width: number) => fma.find((rate) => rate.bits === width && rate.threads === 1)?.gflops ?? 0;
  const ceilings = { fma, revectorized: one(256) / one(128), caches: [], bandwidth: [] };
  const peak = computePeak(ceilings, { threads: threadsOf(built, threads), flags: built.flags });
  return { ...found, peak, percent: (100 * op.flop(dims)) / found.bestNs / peak };
}
