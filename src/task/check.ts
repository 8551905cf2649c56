/** nfold task check: the verdict that score comes to before it times anything. */
import { join, resolve } from 'node:path';
import { withSnapshots } from '../build/snapshot.ts';
import { literally } from '../build/where.ts';
import { asData, asText, verdictsOn } from '../commands/verify.ts';
import { exit } from '../contract/errors.ts';
import { placeOf, shown } from '../files/places.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import type { CandidateOutcome } from '../run/outcome.ts';
import type { Checked } from '../schemas/handout.ts';
import { type Artefact, readArtefact } from './artefact.ts';
import type { CheckFlags } from './flags.ts';
import { originOf, snapshotsOf } from './snapshots.ts';

export async function checkTask(folder: string, flags: CheckFlags, io: Io): Promise<Result<Checked>> {
  const artefact = await readArtefact(folder, flags.task);
  const verified = artefact.fault === null ? await verdictsOf(artefact, folder, flags, io) : null;
  io.endOnStop();
  const results = verified?.outcomes.map(asData) ?? [];
  const { ops } = artefact.task;
  const isRight = results.length === ops.length && results.every(({ verdict }) => verdict === 'pass');
  const { task, label, fault, ignored, copied } = artefact;
  const stopped = verified?.options.signal.aborted ?? false;
  return {
    code: stopped ? exit.interrupted : isRight ? exit.fine : exit.failed,
    data: {
      ...{ task: task.name, label, verdict: isRight ? 'pass' : 'fail', fault, interrupted: stopped },
      ...{ seed: verified?.options.seed ?? null, results, ignored, copied },
    },
    text: [
      ...(verified ? [asText(verified.outcomes, [], verified.options.seed)] : []),
      ...(fault === null ? [] : [`${pc.red('x')} ${fault}`]),
      ...(stopped ? [`${pc.red('x')} it was stopped before all was checked`] : []),
      ...copied.map((sentence) => `${pc.yellow('!')} ${sentence}`),
      ...ignored.map((sentence) => `ignored: ${sentence}`),
      isRight ? pc.green('PASS') : pc.red('FAIL'),
    ].join('\n'),
  };
}

/**
 * The attempt's sources are run from a place of their own, under names of their own, so that nothing else of the folder counts. What is told
 * names the file in the folder.
 */
async function verdictsOf({ files, task, label }: Artefact, folder: string, flags: CheckFlags, io: Io) {
  const [root, origin] = [resolve(placeOf(folder)), originOf(label)];
  const verified = await withSnapshots(snapshotsOf(files, task.ops, label), (snapshots) => {
    const candidates = snapshots.map((one) => {
      const path = files.find((file) => file.path.startsWith(`kernels/${one.op}/`))?.path ?? '';
      return { ...one, id: `${one.op}/attempt`, selector: shown(join(root, path)) };
    });
    return verdictsOn([], flags, io, { candidates, problems: [] });
  });
  const named = (text: string) =>
    text.replaceAll(
      new RegExp(`${literally(`${origin}:`)}(?=kernels/)`, 'g'),
      join(shown(root), '/').replace(/^\.\//, ''),
    );
  const inFolder = (verdict: CandidateOutcome['verdict']): CandidateOutcome['verdict'] => {
    if (!('message' in verdict)) return verdict;
    const { place, message } = verdict;
    return { ...verdict, message: named(message), place: place && { ...place, file: named(place.file) } };
  };
  const outcomes = verified.outcomes.map((one) => ({ ...one, verdict: inFolder(one.verdict) }));
  return { ...verified, outcomes };
}
