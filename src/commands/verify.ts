/** nfold verify: every edge and timed shape of the selected candidates against the oracle. */
import pc from 'picocolors';
import { suites } from '../../bench/suites.ts';
import { selectCases } from '../catalog/select.ts';
import { exit } from '../contract/errors.ts';
import { type Entry, prepare, verifyEntries } from '../measure/suite.ts';
import { verdictMark } from '../report/format.ts';
import { print, printJson } from '../report/output.ts';
import { table } from '../report/table.ts';
import { verdictText } from '../verify/verdict.ts';
import { type Flags, prepareRun } from './run.ts';

export async function verifyCommand(selectors: readonly string[], flags: Flags): Promise<void> {
  const { selections, strays, options, progress } = await prepareRun(selectors, flags, {
    effort: 'default',
    suites,
    pool: (op) => [...op.cases, ...op.edges],
  });
  const entries: Entry[] = [];
  try {
    for (const { op: name, candidates, problems } of selections) {
      options.onProgress(`${name}: building`);
      const prepared = await prepare(name, candidates, problems);
      const { op } = prepared;
      const cases = op.cases.filter((c) => options.effort.extra || !c.extra || flags.case === op.caseName(c));
      await verifyEntries(prepared, selectCases(op, [...op.edges, ...cases], flags.case), options, true);
      entries.push(...prepared.entries);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
  progress.end();
  const misplaced = strays.map(({ file, message }) => `${file}: ${message}`);
  if (flags.json) printJson({ seed: options.seed, results: entries.map(asData), misplaced });
  else print(asText(entries, misplaced, options.seed));
  const failed =
    entries.some(({ verdict }) => verdict.status === 'fail' || verdict.status === 'error') || misplaced.length > 0;
  process.exitCode = options.signal.aborted ? exit.interrupted : failed ? exit.failed : exit.fine;
}

function asData({ id, verdict }: Entry) {
  const failure = verdict.status === 'fail' ? verdict.failure : null;
  return {
    candidate: id,
    verdict: verdict.status,
    checks: verdict.status === 'pass' ? verdict.checks : null,
    verification: verdict.status === 'pass' ? { worst: verdict.worst, bound: 1 } : null,
    message: verdict.status === 'pass' ? null : verdictText(verdict),
    failure,
  };
}

function asText(entries: readonly Entry[], misplaced: readonly string[], seed: number): string {
  const columns = [
    { head: 'candidate' },
    { head: 'verified' },
    { head: 'checks', align: 'right' },
    { head: 'largest error / bound', align: 'right' },
  ] as const;
  const rows = entries.map(({ id, verdict }) => {
    const passed = verdict.status === 'pass' ? [`${verdict.checks}`, verdict.worst.toFixed(3)] : ['-', '-'];
    return [id, verdictMark(verdict.status), ...passed];
  });
  const failures = entries.flatMap(({ verdict }) => {
    if (verdict.status === 'pass') return [];
    const again = verdict.status === 'fail' ? `\n  again: ${verdict.failure.replay}` : '';
    return [`${pc.red('x')} ${verdictText(verdict)}${again}`];
  });
  return [table(columns, rows), `seed ${seed}`, ...failures, ...misplaced.map((line) => `${pc.red('x')} ${line}`)].join(
    '\n',
  );
}
