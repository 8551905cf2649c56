/** nfold selftest: the pack of cheats and honest kernels, judged on this machine; the score by family. */
import pc from 'picocolors';
import type { CandidateFile } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { exit } from '../contract/errors.ts';
import { print, printJson, progress } from '../report/output.ts';
import { table } from '../report/table.ts';
import { judge } from '../selftest/judge.ts';
import { type Cheat, cheats, families, honest, isStated } from '../selftest/pack.ts';
import { makeSeed } from '../verify/seed.ts';
import { type Verdict, verdictText } from '../verify/verdict.ts';

export interface SelftestFlags {
  readonly seed?: number;
  readonly threads: number;
  readonly json?: boolean;
}

interface Judged<K extends CandidateFile> {
  readonly kernel: K;
  readonly verdict: Verdict;
  readonly good: boolean;
}

export async function selftest({ seed: given, threads, json }: SelftestFlags): Promise<void> {
  const shown = progress();
  const { seed } = makeSeed(given);
  const options = { seed, threads, signal: new AbortController().signal, onProgress: shown };
  const bad = await judgeAll(cheats(), options, (kernel, verdict) => isStated(kernel, verdict));
  const fine = await judgeAll(honest(), { ...options, oneIn: 5 }, (_, { status }) => status === 'pass');
  shown.end();
  const failed = [...bad, ...fine].some(({ good }) => !good);
  if (json) printJson({ seed, isolation: isolation(), cheats: bad.map(asData), honest: fine.map(asData) });
  else print(asText(bad, fine, seed));
  process.exitCode = failed ? exit.failed : exit.fine;
}

async function judgeAll<K extends CandidateFile>(
  kernels: readonly K[],
  options: Parameters<typeof judge>[2],
  isGood: (kernel: K, verdict: Verdict) => boolean,
): Promise<Judged<K>[]> {
  const judged: Judged<K>[] = [];
  for (const op of new Set(kernels.map((kernel) => kernel.op))) {
    const own = kernels.filter((kernel) => kernel.op === op);
    const verdicts = await judge(op, own, options);
    judged.push(...own.map((kernel, i) => ({ kernel, verdict: verdicts[i], good: isGood(kernel, verdicts[i]) })));
  }
  return judged;
}

function asData({ kernel, verdict, good }: Judged<CandidateFile | Cheat>) {
  const family = 'family' in kernel ? kernel.family : null;
  return { kernel: kernel.id, family, good, verdict: verdict.status, message: verdictText(verdict) };
}

function asText(bad: readonly Judged<Cheat>[], fine: readonly Judged<CandidateFile>[], seed: number): string {
  const count = (judged: readonly { good: boolean }[]) =>
    `${judged.filter(({ good }) => good).length} of ${judged.length}`;
  const rows = families
    .map((family) => [family, bad.filter(({ kernel }) => kernel.family === family)] as const)
    .filter(([, own]) => own.length > 0)
    .map(([family, own]) => [family, count(own)]);
  const wrong = [
    ...bad.filter(({ good }) => !good).map(({ kernel, verdict }) => saying(kernel, verdict, kernel.reason)),
    ...fine.filter(({ good }) => !good).map(({ kernel, verdict }) => saying(kernel, verdict, 'pass')),
  ];
  return [
    table([{ head: 'family' }, { head: 'caught', align: 'right' }], rows),
    ...wrong,
    `${count(bad)} hacks caught, ${count(fine)} honest kernels passed, isolation: ${isolation()}; seed ${seed}`,
  ].join('\n');
}

const saying = ({ id }: CandidateFile, verdict: Verdict, wanted: string) =>
  `${pc.red('x')} ${id}: should be "${wanted}", is "${verdictText(verdict)}"`;
