/** The A/A check of a host: a baseline timed beside itself, as a candidate of the same text, in a run like any other. */
import { baselineFile } from '../catalog/ops.ts';
import { asTypeScript } from '../catalog/starting.ts';
import { NfoldError } from '../contract/errors.ts';
import { heldBy } from '../queue/hosts.ts';
import type { Host, HostCheck } from '../queue/queue.ts';
import type { Io } from '../report/output.ts';
import { measureAlone } from './alone.ts';
import { taskNamed } from './task.ts';

/** A baseline and a case that take some 20 s. */
const [op, name] = ['sgemm', 'M128N128K128'];

export async function checkHost(host: Host, io: Io, stopping: string): Promise<HostCheck> {
  const text = asTypeScript(baselineFile(op), `nfold/ops/${op}`, 'the baseline beside itself');
  const files = [{ path: `kernels/${op}/itself.ts`, content: text }];
  const { draft, faults } = await measureAlone(
    [{ id: `${op}/itself`, origin: 'baseline', files }],
    { suite: taskNamed(op).suite, effort: 'default', stopping },
    { threads: 1, case: name, note: 'A/A' },
    io,
  );
  const failed = [...faults.values()].find((verdict) => 'message' in verdict);
  if (failed && 'message' in failed) throw new NfoldError(`This host cannot be checked: ${failed.message}.`, 'failed');
  if (draft.interrupted) throw new NfoldError('Stopped while this host was checked.', 'interrupted');
  const result = draft.results.find(({ peer }) => !peer);
  const ratio = result?.speedup ?? null;
  return {
    ...{ host, at: new Date().toISOString(), ratio, held: heldBy(ratio) },
    ...{ noiseFloor: result?.noiseFloor ?? null, timeNs: result?.baseline.timeNs ?? null },
  };
}
