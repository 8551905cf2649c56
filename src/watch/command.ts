/** nfold watch: on each save of a candidate or of what it imports, a try: build, verdict, preview of its speedup. */
import type { CandidateFile } from '../catalog/candidates.ts';
import { loadOp } from '../catalog/ops.ts';
import { selectCases } from '../catalog/select.ts';
import type { RunFlags } from '../commands/flags.ts';
import { prepareRun } from '../commands/run.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { look } from '../files/given.ts';
import { shown } from '../files/places.ts';
import { paceOf } from '../judge/pace.ts';
import { ceilingsHere } from '../machine/peak.ts';
import type { Io, Result } from '../report/output.ts';
import { prepare } from '../run/prepare.ts';
import { Preview, previewCases } from './preview.ts';
import { changed, filesOf, type Seen } from './saves.ts';
import { type Told, tell } from './screen.ts';
import { type Try, type Trying, tryOnce } from './tries.ts';

type Flags = Pick<RunFlags, 'json' | 'case' | 'seed' | 'threads' | 'text'>;

export async function watch(selector: string, flags: Flags, io: Io): Promise<Result> {
  const { selections, options } = await prepareRun([selector], { ...flags, quick: true }, io);
  const [candidate, ...others] = selections.flatMap(({ candidates }) => candidates);
  const [odd] = selections.flatMap(({ problems }) => problems);
  if (!candidate) throw new NfoldError(`${shown(odd.file)}: ${odd.message}.`, 'misplaced');
  if (others.length > 0)
    throw new NfoldError(
      `'${selector}' matches ${counted(1 + others.length, 'candidate')}: watch takes one.`,
      'ambiguous-name',
    );
  const signal = io.keepOnStop();
  const say = (told: Told) => tell(told, { candidate, json: flags.json ?? false }, io);
  try {
    const trying = await readyFor(candidate, flags, { ...options, signal });
    await watchOver(trying, signal, say);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { code: exit.interrupted, data: undefined, text: '' };
}

/** What every try needs and none changes. */
async function readyFor(candidate: CandidateFile, flags: Flags, options: Trying['options']): Promise<Trying> {
  const { op, oracle, baseline } = await prepare({ op: candidate.op, candidates: [], problems: [] });
  const nsPerFlop = await paceOf(op, baseline, options.text);
  const all = op.cases.filter((c) => flags.case !== undefined || !c.extra);
  const chosen = selectCases(op, all, flags.case);
  const cases = flags.case === undefined ? previewCases(op, chosen, nsPerFlop) : chosen;
  const preview = new Preview({ ...options, op, oracle, baseline }, nsPerFlop);
  const ceilings = await ceilingsHere(options);
  return { candidate, cases, preview, options, ceilings, suspects: new Set() };
}

/** Tries the candidate now and after each save, until it is aborted. A save during a try ends that try. */
async function watchOver(trying: Trying, signal: AbortSignal, say: (told: Told) => void): Promise<never> {
  const { candidate, cases } = trying;
  const op = await loadOp(candidate.op);
  const tries: Try[] = [];
  let sources: readonly string[] = [];
  const files = () => filesOf(candidate.file, sources);
  for (let seen: Seen | null = null; ; ) {
    seen = await changed(files, seen, signal);
    if (typeof look(candidate.file) === 'string') {
      say({ event: 'gone', file: shown(candidate.file) });
      continue;
    }
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const show = (last: Try) => {
      const names = cases.map((c) => op.caseName(c));
      say({ event: 'try', tries: [...tries, last], cases: names, of: op.cases.length, files: files().length });
    };
    const work = tryOnce(trying, either, show);
    const saved = changed(files, seen, either).catch(() => null);
    const done = await Promise.race([work, saved]);
    stop.abort();
    signal.throwIfAborted();
    if (done === null || typeof done === 'string') {
      await work.catch(() => {});
      continue;
    }
    if (done.sources.length > 0) sources = done.sources;
    show(done);
    tries.push(done);
  }
}
