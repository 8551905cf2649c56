/**
 * What checking costs a bench: runs `nfold bench` with the arguments given, under V8's profiler, and prints which share of its wall time
 * the parent spent on inputs, oracles, bounds and comparisons; collecting garbage counts as checking too. Cells wait meanwhile.
 * Run: node bench/checks.ts sgemm --quick
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** The first that a frame, from the innermost outwards, matches. */
const kinds = [
  ['garbage', /^\(garbage collector\)/],
  ['idle', /^\(idle\)/],
  ['comparisons', /src\/judge\/(inspect|trajectory|timed|steps)\.ts/],
  ['inputs', /src\/(judge\/(image|batch|inputs)|contract\/rng)\.ts/],
  ['oracles and bounds', /baselines\/\w+\/(oracle|op|bounds|near)\.ts|^wasm-function/],
] as const;
type Kind = (typeof kinds)[number][0] | 'else';

function kindOf(stack: readonly Node[]): Kind {
  const frames = stack.map(({ callFrame: { functionName, url } }) => `${functionName} ${url}`);
  // A draw lies in op.ts and belongs to the inputs: what called it decides.
  if (frames.some((frame) => /^compose |^roundInputs |^planCalls /.test(frame))) return 'inputs';
  const found = frames.flatMap((frame) => kinds.filter(([, pattern]) => pattern.test(frame)));
  return found[0]?.[0] ?? 'else';
}

function secondsByKind({ nodes, samples, timeDeltas }: Profile): Map<Kind, number> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const kindsById = new Map(
    nodes.map((node) => {
      const stack: Node[] = [];
      for (let at: Node | undefined = node; at; at = parents.get(at.id)) stack.push(at);
      return [node.id, kindOf(stack)] as const;
    }),
  );
  const seconds = new Map<Kind, number>();
  for (const [i, id] of samples.entries()) {
    const kind = kindsById.get(id) as Kind;
    seconds.set(kind, (seconds.get(kind) ?? 0) + timeDeltas[i] / 1e6);
  }
  return seconds;
}

const folder = mkdtempSync(join(tmpdir(), 'nfold-profile-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const bin = fileURLToPath(new URL('../src/start.ts', import.meta.url));
const args = ['--cpu-prof', `--cpu-prof-dir=${folder}`, bin, 'bench', ...process.argv.slice(2)];
const bench = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
// A signal to this process is meant for the bench.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => bench.kill(signal));
const [code, killedBy] = await once(bench, 'exit');
if (code === 0) report();
else {
  console.error(`The bench ended early (${killedBy ?? `exit code ${code}`}): there is nothing to say.`);
  process.exitCode = code ?? 1;
}

function report(): void {
  const [profile] = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile);
  const seconds = secondsByKind(profile);
  const wall = [...seconds.values()].reduce((sum, s) => sum + s, 0);
  const line = (name: string, spent: number) =>
    `${name.padEnd(20)}${spent.toFixed(1).padStart(7)} s${((100 * spent) / wall).toFixed(1).padStart(7)} %`;
  const kinds = ['inputs', 'oracles and bounds', 'comparisons', 'garbage'] as const;
  for (const kind of kinds) console.log(line(kind, seconds.get(kind) ?? 0));
  const all = kinds.reduce((sum, kind) => sum + (seconds.get(kind) ?? 0), 0);
  console.log(`${line('checking', all)} of ${wall.toFixed(1)} s`);
}
