/** nfold selftest: judges the pack of cheats and honest kernels on this machine, and prints the score by family. */
import type { CandidateFile } from '../catalog/candidates.ts';
import { isolation } from '../cell/lockdown.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { makeSeed } from '../judge/seed.ts';
import { verdictText } from '../judge/verdict.ts';
import { engineFaults, engineLine, tryEngine } from '../machine/engine.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import { table } from '../report/table.ts';
import type { Selftested } from '../schemas/wings.ts';
import type { SelftestFlags } from './flags.ts';
import { type Judged, judgePack } from './judge.ts';
import { type Cheat, families } from './pack.ts';

export async function selftest(
  named: readonly string[],
  { seed: given, threads }: SelftestFlags,
  io: Io,
): Promise<Result<Selftested>> {
  const began = performance.now();
  const strange = named.find((name) => !families.some((family) => family === name));
  if (strange !== undefined)
    throw new NfoldError(
      `There is no family '${strange}' of cheats: give any of ${families.join(', ')}.`,
      'unknown-name',
    );
  const { seed } = makeSeed(given);
  const { cheats: bad, honest: fine } = await judgePack({
    ...{ seed, threads, signal: io.signal, onProgress: io.progress },
    families: named.length > 0 ? named : families,
  });
  const engine = await tryEngine();
  const failed = engine.faults.length > 0 || [...bad, ...fine].some(({ good }) => !good);
  const seconds = Math.round((performance.now() - began) / 1000);
  return {
    code: failed ? exit.failed : exit.fine,
    data: { seed, seconds, isolation: isolation(), engine, cheats: bad.map(asData), honest: fine.map(asData) },
    text: `${[...engineFaults(engine).map((fault) => `${pc.red('x')} ${fault}`), engineLine(engine)].join('\n')}\n${asText(bad, fine)}, isolation: ${isolation()}; seed ${seed}, ${seconds} s`,
  };
}

function asData({ kernel, verdict, good }: Judged<CandidateFile | Cheat>) {
  const family = 'family' in kernel ? kernel.family : null;
  return { kernel: kernel.id, family, good, verdict: verdict.status, message: verdictText(verdict) };
}

function asText(bad: readonly Judged<Cheat>[], fine: readonly Judged[]): string {
  const count = (judged: readonly Judged[]) => `${judged.filter(({ good }) => good).length} of ${judged.length}`;
  const rows = families.flatMap((family) => {
    const own = bad.filter(({ kernel }) => kernel.family === family);
    return own.length > 0 ? [[family, count(own)]] : [];
  });
  const wrong = ({ kernel, verdict, good }: Judged, wanted: string) =>
    good ? [] : [`${pc.red('x')} ${kernel.id}: should be "${wanted}", is "${verdictText(verdict)}"`];
  return [
    table([{ head: 'family' }, { head: 'caught', align: 'right' }], rows),
    ...bad.flatMap((one) => wrong(one, one.kernel.reason)),
    ...fine.flatMap((one) => wrong(one, 'pass')),
    `${count(bad)} hacks caught, ${count(fine)} honest kernels passed`,
  ].join('\n');
}
