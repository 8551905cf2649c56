/** A search of one's own: propose a kernel, have it scored, keep what is surely better: `npm run search`. Put a model in the place of `propose`. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const task = 'residual_forward';

/** What the search reads of `nfold task score --json`; `npx nfold schema task score` describes all of it. */
interface Attempt {
  readonly label: string;
  readonly verdict: string;
  readonly mean: { readonly value: number; readonly low: number | null; readonly high: number | null } | null;
}
interface Tried extends Attempt {
  readonly vectors: number;
}

/** Half or twice the best number of vectors, whichever was not tried yet. */
function propose(best: Tried | null, tried: ReadonlySet<number>): number | undefined {
  const { vectors } = best ?? { vectors: 4 };
  return [vectors, vectors * 2, vectors / 2].find((n) => Number.isInteger(n) && n <= 16 && !tried.has(n));
}

/** out = inp1 + inp2 in AssemblyScript, so many vectors of four floats a turn. */
function sourceOf(vectors: number): string {
  const all = Array.from({ length: vectors }, (_, i) => ({ i, at: 16 * i }));
  const loads = all.map(({ i, at }) => `const v${i} = f32x4.add(v128.load(a + i, ${at}), v128.load(b + i, ${at}));`);
  const stores = all.map(({ i, at }) => `v128.store(out + i, v${i}, ${at});`);
  const step = 16 * vectors;
  return `/** @about ${vectors} vectors a turn, all loads before the first store */
export function run(tid: i32, nthreads: i32, out: usize, a: usize, b: usize, N: i32, scratch: usize): void {
  const end = <usize>N << 2;
  let i: usize = 0;
  for (; i + ${step} <= end; i += ${step}) {
    ${[...loads, ...stores].join('\n    ')}
  }
  for (; i < end; i += 4) store<f32>(out + i, load<f32>(a + i) + load<f32>(b + i));
}
`;
}

/** The folder of an attempt needs nothing but its source. The exit code is 1 if the attempt fails, and the data is there all the same. */
async function score(vectors: number): Promise<Tried> {
  const folder = `tries/${vectors}-vectors`;
  mkdirSync(`${folder}/kernels/${task}`, { recursive: true });
  writeFileSync(`${folder}/kernels/${task}/attempt.as.ts`, sourceOf(vectors));
  const words = ['--no', 'nfold', 'task', 'score', folder, '--task', task, '--quick', '--json'];
  // What nfold says on the way goes to stderr, and stdout has the data alone.
  const { stdout } = spawn('npx', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { error, classes, scores } = JSON.parse(
    (await text(stdout)) || '{"error":{"message":"nfold has printed nothing"}}',
  );
  if (error) throw new Error(error.message);
  // What counts in nothing has no row: the host was not calm enough, or the run was stopped.
  const none = { label: folder, verdict: scores[0]?.held ?? 'no score', mean: null };
  const [attempt = none] = classes.flatMap((one: { attempts: Attempt[] }) => one.attempts);
  return { ...attempt, vectors };
}

/** Surely better: the whole interval lies above that of the best. */
const isBetter = (now: Tried, best: Tried | null) => now.mean && (now.mean.low ?? 0) > (best?.mean?.high ?? 0);

let best: Tried | null = null;
const tried = new Set<number>();
for (let next = propose(best, tried); next !== undefined; next = propose(best, tried)) {
  tried.add(next);
  const now = await score(next);
  const kept = isBetter(now, best);
  console.log(`${next} vectors: ${now.mean ? `${now.mean.value.toFixed(2)}x` : now.verdict}${kept ? ', kept' : ''}`);
  if (kept) best = now;
}
console.log(best ? `the best: ${best.label}, of ${tried.size} tried` : `none of ${tried.size} has a mean`);
