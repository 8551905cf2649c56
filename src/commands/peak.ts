/** nfold peak: measures this machine's ceilings and keeps them, so that results can be given as a share of them. */
import { exit } from '../contract/errors.ts';
import { shown } from '../files/places.ts';
import { sealTrouble } from '../files/seal.ts';
import type { Ceilings } from '../machine/ceilings.ts';
import { ceilingsFile, saveCeilings } from '../machine/ceilings.ts';
import { describe } from '../machine/describe.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { measureCeilings } from '../machine/peak.ts';
import type { Io, Result } from '../report/output.ts';
import { reportCeilings } from '../report/peak.ts';
import { inWindow } from '../report/screen.ts';
import { wrapped } from '../report/width.ts';

/** About ten seconds on two cores. */
const sweeps = 10;

export async function peak(_: unknown, io: Io): Promise<Result<Ceilings>> {
  io.endOnStop('stopped; nothing was kept');
  const data = await measureCeilings({ sweeps, onProgress: io.progress });
  const trouble = saveCeilings(data);
  if (trouble) io.warn(trouble.message);
  const text = inWindow(undefined, () => [wrapped(describe(machine(), runtime())), reportCeilings(data)].join('\n\n'));
  if (trouble) return { code: exit.failed, data, text };
  return { code: exit.fine, data, text: `${text}\n\n${sealTrouble() ?? `Kept in ${shown(ceilingsFile())}`}` };
}
