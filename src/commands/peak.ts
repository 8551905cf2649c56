/** nfold peak: what this machine can do, measured and kept, so that results can be given as a share of it. */

import { exit } from '../contract/errors.ts';
import { shown } from '../files/places.ts';
import { ceilingsFile, saveCeilings } from '../machine/ceilings.ts';
import { describe } from '../machine/describe.ts';
import { machine, runtime } from '../machine/fingerprint.ts';
import { measureCeilings } from '../machine/peak.ts';
import { print, printJson, progress } from '../report/output.ts';
import { reportCeilings } from '../report/peak.ts';
import { onStop } from './stop.ts';

/** As many as fit in about ten seconds on two cores. */
const sweeps = 10;

export async function peak({ json = false }: { json?: boolean }): Promise<void> {
  const shownProgress = progress();
  onStop(() => {
    shownProgress.end();
    process.stderr.write('nfold: stopped; nothing was kept\n');
    process.exit(exit.interrupted);
  });
  const ceilings = await measureCeilings({ sweeps, onProgress: shownProgress });
  shownProgress.end();
  const trouble = saveCeilings(ceilings);
  if (json) printJson(ceilings);
  else print(`${describe(machine(), runtime())}\n\n${reportCeilings(ceilings)}`);
  if (trouble) throw trouble;
  if (!json) print(`\nKept in ${shown(ceilingsFile())}`);
}
