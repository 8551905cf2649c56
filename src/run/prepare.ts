/** Loads an op with its oracle, and builds its baseline and candidates; a candidate that does not build gets a verdict. */
import { type Built, build, buildBaseline } from '../build/build.ts';
import { type CandidateFile, type Problem, told } from '../catalog/candidates.ts';
import { baselineFile, loadOp, loadOracle } from '../catalog/ops.ts';
import type { PeerVariant } from '../catalog/peers.ts';
import { brief, CandidateError, NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { shown } from '../files/places.ts';
import { erred, pending, type Verdict } from '../judge/verdict.ts';
import { acceptsFlag } from '../machine/fingerprint.ts';
import type { CandidateOutcome } from './outcome.ts';

export interface OpSelection {
  readonly op: string;
  readonly candidates: readonly CandidateFile[];
  readonly problems: readonly Problem[];
}

export interface Prepared {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Built;
  readonly candidates: readonly CandidateOutcome[];
}

export async function prepare({ op: name, candidates: files, problems }: OpSelection): Promise<Prepared> {
  const [op, oracle, baseline] = await Promise.all([loadOp(name), loadOracle(name), baselineOf(name)]);
  const candidates: CandidateOutcome[] = [];
  for (const file of files) candidates.push(await outcomeOf(file, op, baseline));
  for (const problem of problems) {
    candidates.push(
      outcome(brief(shown(problem.file)), {
        status: 'error',
        message: told(problem),
        code: 'misplaced',
        file: shown(problem.file),
      }),
    );
  }
  return { op, oracle, baseline, candidates };
}

/** Throws NfoldError if it does not build, as one of the user's may. */
async function baselineOf(name: string): Promise<Built> {
  try {
    return await buildBaseline(name);
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    const file = shown(baselineFile(name));
    throw new NfoldError(`${error.message.startsWith(file) ? '' : `${file} `}${error.message}.`);
  }
}

/** The built candidates whose verdict has one of these statuses. */
export const builtOf = (candidates: readonly CandidateOutcome[], statuses: readonly Verdict['status'][]): Built[] =>
  candidates.flatMap(({ built, verdict }) => (built && statuses.includes(verdict.status) ? [built] : []));

export const peerOutcome = (peer: PeerVariant): CandidateOutcome => outcome(peer.id, pending, { peer });

function outcome(
  id: string,
  verdict: Verdict,
  { built = null, peer = null }: Partial<Pick<CandidateOutcome, 'built' | 'peer'>> = {},
): CandidateOutcome {
  return { id, about: built?.about ?? peer?.peer.about ?? null, built, peer, parameters: new Map(), verdict };
}

async function outcomeOf(candidate: CandidateFile, op: AnyOp, { budget }: Built): Promise<CandidateOutcome> {
  try {
    const built = await build(candidate);
    built.budget.standBeside(budget);
    // Compiled now for one case, so that a compile error shows before anything is timed.
    await built.artifact(op.cases[0].dims);
    const missing = built.flags.find((flag) => !acceptsFlag(flag));
    if (missing === undefined) return outcome(built.id, pending, { built });
    const message = `${built.id} needs the V8 flag ${missing}, which this Node does not have`;
    return outcome(built.id, { status: 'unsupported', message }, { built });
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return outcome(candidate.id, { file: shown(candidate.file), ...erred(error) });
  }
}
