/**
 * Is the stopwatch right? It times kernels whose true speedup is known (stopwatch/kernels.ts). Results are appended to a file, so that
 * the work can be done in pieces.
 *
 *   node bench/stopwatch.ts truth                      both programs in one bare process, call by call: is the truth what it should be?
 *   node bench/stopwatch.ts run [--more 0|2|5|20]      the stopwatch itself, a candidate that does so many percent more work
 *        [--runs N] [--effort quick|default|thorough]   than the baseline
 *        [--busy N]                                    beside so many other processes that keep a core busy
 *        [--threads N]                                 on so many threads, with no more work, where the baseline has one: the truth is that of calm runs
 *   node bench/stopwatch.ts report                     the table of all runs in the file, as Markdown
 *   node bench/stopwatch.ts gate                       runs of the file two by two: how often does `compare --fail-below 0.95` fail?
 *   node bench/stopwatch.ts overlap A B                two records of the same candidates: how many intervals overlap?
 *
 * --file FILE, in place of .nfold/stopwatch.jsonl, is where runs are kept.
 */

import { existsSync } from 'node:fs';
import { efforts } from '../src/stopwatch/effort.ts';
import { parseOptions } from './options.ts';
import { gate } from './stopwatch/gate.ts';
import { overlap } from './stopwatch/overlap.ts';
import { report } from './stopwatch/report.ts';
import { type Run, runs } from './stopwatch/runs.ts';
import { truth } from './stopwatch/truth.ts';

const { values, positionals } = parseOptions({
  allowPositionals: true,
  options: {
    more: { type: 'string', default: '0' },
    runs: { type: 'string', default: '5' },
    effort: { type: 'string', default: 'quick' },
    busy: { type: 'string', default: '0' },
    threads: { type: 'string', default: '1' },
    file: { type: 'string', default: '.nfold/stopwatch.jsonl' },
  },
});
const [part, ...rest] = positionals;
const effort = Object.keys(efforts).find((name) => name === values.effort) as Run['effort'] | undefined;
const run = '[--more P] [--runs N] [--effort E] [--busy N] [--threads N]';
const usage = `usage: node bench/stopwatch.ts truth | run ${run} | report | gate | overlap A B`;
if (part === 'truth') await truth();
else if (part === 'run' && effort && (values.threads === '1' || values.more === '0')) {
  const [more, busy, threads, count] = [values.more, values.busy, values.threads, values.runs].map(Number);
  await runs({ more, effort, busy, threads }, count, values.file);
} else if ((part === 'report' || part === 'gate') && existsSync(values.file)) ({ report, gate })[part](values.file);
else if (part === 'overlap' && rest.length === 2) overlap(rest);
else {
  console.error(part === 'report' || part === 'gate' ? `${values.file} is not there: 'run' makes it` : usage);
  process.exitCode = 2;
}
