/** nfold selftest: the pack of cheats and honest kernels, judged on this machine; the score by family. */
import pc from 'picocolors';
import type { CandidateFile } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { exit } from '../contract/errors.ts';
import { makeSeed } from '../judge/seed.ts';
import { type Verdict, verdictText } from '../judge/verdict.ts';
import { print, printJson, progress } from '../report/output.ts';
import { table } from '../report/table.ts';
import { type Judged, judgePack } from './judgePack.ts';
import { type Cheat, families } from './pack.ts';

interface SelftestFlags {
  readonly seed?: number;
  readonly threads: number;
  readonly json?: boolean;
}

export async function selftest({ seed: given, threads, json }: SelftestFlags): Promise<void> {
  const began = performance.now();
  const shown = progress();
  const { seed } = makeSeed(given);
  const { cheats: bad, honest: fine } = await judgePack({ seed, threads, onProgress: shown });
  shown.end();
  const failed = [...bad, ...fine].some(({ good }) => !good);
  const seconds = Math.round((performance.now() - began) / 1000);
  if (json) printJson({ seed, seconds, isolation: isolation(), cheats: bad.map(asData), honest: fine.map(asData) });
  else print(`${asText(bad, fine)}, isolation: ${isolation()}; seed ${seed}, ${seconds} s`);
  process.exitCode = failed ? exit.failed : exit.fine;
}

function asData({ kernel, verdict, good }: Judged<CandidateFile | Cheat>) {
  const family = 'family' in kernel ? kernel.family : null;
  return { kernel: kernel.id, family, good, verdict: verdict.status, message: verdictText(verdict) };
}

function asText(bad: readonly Judged<Cheat>[], fine: readonly Judged<CandidateFile>[]): string {
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
    `${count(bad)} hacks caught, ${count(fine)} honest kernels passed`,
  ].join('\n');
}

const saying = ({ id }: CandidateFile, verdict: Verdict, wanted: string) =>
  `${pc.red('x')} ${id}: should be "${wanted}", is "${verdictText(verdict)}"`;
