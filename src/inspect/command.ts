/** nfold inspect: shows what became of one candidate at one case, in V8's own words where V8 decided. */
import { suites } from '../../bench/suites.ts';
import { type Built, build } from '../build/build.ts';
import { type CandidateFile, scan, told } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { select, selectCases } from '../catalog/select.ts';
import { loadText } from '../catalog/text.ts';
import { withMatchingCases } from '../commands/run.ts';
import { brief, CandidateError, exit, NfoldError } from '../contract/errors.ts';
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import { asFailure } from '../contract/place.ts';
import { threadsOf } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { compose } from '../judge/compose.ts';
import { usableCores } from '../machine/cpus.ts';
import { newestFirst } from '../records/folder.ts';
import { loadSummary } from '../records/store.ts';
import type { Io, Result } from '../report/output.ts';
import { type Inspection, inspectData } from '../schemas/inspect.ts';
import type { InspectFlags } from './flags.ts';
import { inspectModule, noModule, type Parts, type Subject, whyOf } from './module.ts';
import { reportInspection } from './report.ts';
import { optimizedIn } from './script.ts';

/** Inputs are drawn from the same seed each time: what is shown should not change from run to run. */
const seed = 1;

export async function inspect(selector: string, flags: InspectFlags, io: Io): Promise<Result> {
  try {
    const data = await inspected(await build(chosen(selector)), flags, io);
    const ran = data.tier === 'W' || data.optimizer.found !== null;
    return { code: ran ? exit.fine : exit.failed, data, text: reportInspection(data, flags) };
  } catch (error) {
    throw error instanceof CandidateError ? asFailure(error) : error;
  }
}

async function inspected(built: Built, flags: InspectFlags, io: Io): Promise<Inspection> {
  const op = await loadOp(built.op);
  const c = caseOf(op, flags.case, io);
  const name = op.caseName(c);
  const threads = threadsOf(built, usableCores());
  const artifact = await built.artifact(c.dims, threads);
  const drawing = { op, case: c, distribution: op.distributions[0], text: loadText(undefined, [op]).bytes };
  const subject: Subject = {
    built,
    image: compose(drawing, seed),
    wat: flags.wat ?? false,
    onStage: (stage) => io.progress({ op: built.id, stage }),
  };
  const parts = await (artifact.kind === 'wasm' ? inspectModule(artifact.bytes, subject) : inspectScript(subject));
  return inspectData.parse({
    candidate: built.id,
    op: op.name,
    case: name,
    about: built.about,
    tier: built.tier,
    flags: [...built.flags],
    threads: built.threads,
    parameters: (await built.tuning?.parameters(c.dims, threads)) ?? null,
    ...parts,
    timed: op.cases.includes(c),
    measured: measuredIn(newestFirst(loadSummary, io.warn), built, name),
  });
}

function chosen(selector: string): CandidateFile {
  if (suites.some(({ peers, slowPeers }) => [...peers, ...slowPeers].includes(selector)))
    throw new NfoldError(`${selector} is a peer, a library that nfold did not build: inspect takes a candidate.`);
  const { candidates, problems } = select([selector], scan());
  const [candidate] = candidates;
  if (candidates.length === 1) return candidate;
  if (!candidate && problems.length > 0) throw new NfoldError(told(problems[0]), exit.failed);
  const example = candidate ? `, such as ${candidate.id}` : '';
  const selected = `'${selector}' selects ${counted(candidates.length, 'candidate')}`;
  throw new NfoldError(`${selected}: inspect takes one${example}.`);
}

/** Without a filter the largest case that counts in the mean. */
function caseOf(op: AnyOp, filter: string | undefined, io: Io): Case {
  const timed = op.cases.filter(({ extra }: Case) => !extra);
  if (filter === undefined) return bySize(op, timed)[timed.length - 1];
  const all: readonly Case[] = [...op.cases, ...op.edges];
  withMatchingCases([op], filter, () => all, io);
  const found = new Map(selectCases(op, all, filter).map((c) => [op.caseName(c), c]));
  const [first] = found.values();
  if (found.size === 1) return first;
  const names = [...found.keys()].slice(0, 8).join(', ');
  throw new NfoldError(`'${brief(filter)}' matches ${found.size} cases and inspect takes one: give one of ${names}.`);
}

async function inspectScript({ built, image, onStage }: Subject): Promise<Parts> {
  onStage('calling it, to see what V8 optimizes');
  const found = await optimizedIn(built, image).catch(whyOf);
  const optimizer = typeof found === 'string' ? { why: found, found: null } : { why: null, found };
  return { ...noModule('the candidate is JavaScript'), optimizer };
}

/** What the newest of these records says of the candidate at the case. */
function measuredIn(
  records: ReturnType<typeof newestFirst<ReturnType<typeof loadSummary>>>,
  { id, hash }: Built,
  name: string,
): Inspection['measured'] {
  for (const { id: record, results } of records) {
    const result = results.find((one) => !one.peer && one.candidate === id && one.case === name);
    if (!result?.timeNs) continue;
    const { timeNs, threads, gflops, percentOfPeak, peak } = result;
    return {
      record,
      sameSource: result.hash === hash,
      threads,
      timeNs,
      gflops,
      percentOfPeak,
      peak: peak?.name ?? null,
    };
  }
  return null;
}
