/** nfold selftest: the pack of cheats and honest kernels, judged on this machine; the score by family. */

import type { CandidateFile } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { exit } from '../contract/errors.ts';
import { makeSeed } from '../judge/seed.ts';
import { type Verdict, verdictText } from '../judge/verdict.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { table } from '../report/table.ts';
import type { SelftestFlags } from './flags.ts';
import { type Judged, judgePack } from './judgePack.ts';
import { type Cheat, families } from './pack.ts';

export async function selftest({ seed: given, threads }: SelftestFlags, io: Io): Promise<Result> {
  const began = performance.now();
  const { seed } = makeSeed(given);
  const { cheats: bad, honest: fine } = await judgePack({ seed, threads, signal: io.signal, onProgress: io.progress });
  const failed = [...bad, ...fine].some(({ good }) => !good);
  const seconds = Math.round((performance.now() - began) / 1000);
  return {
    code: failed ? exit.failed : exit.fine,
    data: { seed, seconds, isolation: isolation(), cheats: bad.map(asData), honest: fine.map(asData) },
    text: `${asText(bad, fine)}, isolation: ${isolation()}; seed ${seed}, ${seconds} s`,
  };
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
