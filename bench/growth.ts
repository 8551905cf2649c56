/**
 * How the cost of a training step grows: models over C and over T, those of the suite beside some that no kernel was made for, and with
 * --large a GPT-2 of 124M parameters (10 GB of memory). Milliseconds, Gflop/s and the share of the peak that is measured beside each model;
 * scratch beside what the baseline keeps; the time of a build. Each step is compared with the frozen reference: what is wrong has words in
 * its row, and no number. A whole run takes some minutes a candidate; Ctrl-C ends it with what it has.
 *
 * Run: node bench/growth.ts [CANDIDATE…] [--threads N] [--quick] [--large] [--case GLOB] [--svg FILE] [--markdown FILE]
 *
 *   --quick           one round of a few models
 *   --large           the GPT-2 of 124M parameters as well
 *   --case GLOB       of these models, those whose name matches this or contains it
 *   --svg FILE        draw the shares over C and over T, a line a candidate
 *   --markdown FILE   write the tables between <!-- growth --> and <!-- /growth --> of this file
 */

import type { Model } from '../baselines/models.ts';
import op from '../baselines/train_gpt2/op.ts';
import { scan } from '../src/catalog/candidates.ts';
import { selectCases } from '../src/catalog/select.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { exit, NfoldError } from '../src/contract/errors.ts';
import { threadsOf } from '../src/contract/variant.ts';
import { quoted } from '../src/contract/words.ts';
import { placeOf } from '../src/files/places.ts';
import { refusing, testWrite, writeWhole } from '../src/files/write.ts';
import { makeSeed } from '../src/judge/seed.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { type Ceilings, consistent } from '../src/machine/ceilings.ts';
import { describe } from '../src/machine/describe.ts';
import { machine, runtime } from '../src/machine/fingerprint.ts';
import { arithmeticNow } from '../src/machine/peak.ts';
import { Io } from '../src/report/output.ts';
import { prepare } from '../src/run/prepare.ts';
import { byC, byT, large, likeSize, nameOf, suite, unseen } from './growth/models.ts';
import { svgGrowth } from './growth/plot.ts';
import { type Found, tables } from './growth/report.ts';
import { measured, warmBuild, withPeak } from './growth/run.ts';
import { parseOptions } from './options.ts';
import { around, fill } from './page.ts';

const best = 'train_gpt2/panels-6x16-wasmrelaxedsimd';
/** Times that the arithmetic is measured again while other work disturbs it. */
const maxTries = 3;

const { values: flags, positionals } = parseOptions({
  allowPositionals: true,
  options: {
    ...{ threads: { type: 'string' }, quick: { type: 'boolean' }, large: { type: 'boolean' } },
    ...{ case: { type: 'string' }, svg: { type: 'string' }, markdown: { type: 'string' } },
  },
});
const threads = flags.threads === undefined ? machine().cores : Number(flags.threads);
if (!(Number.isInteger(threads) && threads >= 1 && threads <= 256))
  throw new NfoldError(`--threads takes a whole number from 1 to 256, and not '${flags.threads}'.`);
const { svg, markdown } = flags;
if (svg !== undefined) refusing(`--svg ${svg}`, svg, () => testWrite(placeOf(svg)));
if (markdown !== undefined) around(placeOf(markdown), 'growth');
const models = wanted();
if (models.length === 0) throw new NfoldError(`No model here is called '${flags.case}'.`, 'unknown-name');

const controller = new AbortController();
const { signal } = controller;
process.on('SIGINT', () => controller.abort());
const io = new Io(process);

const ids = positionals.length > 0 ? [...new Set(positionals)] : [best];
const files = ids.map(candidateOf);
const { candidates } = await prepare({ op: op.name, candidates: files, problems: [] });
const builds = candidates.map(({ built, verdict }) => {
  if (built && verdict.status === 'pending') return built;
  throw new NfoldError(`${verdictText(verdict)}.`, exit.failed);
});
const subjects = builds.map((built) => {
  const found = new Map<string, Found | string>();
  return { built, id: built.id, flags: built.flags, threads: threadsOf(built, threads), found };
});
const failure = await run().catch((error: unknown) => error);
stopCompiler();
io.endProgress();

const command = ['node bench/growth.ts', ...process.argv.slice(2).map(quoted)].join(' ');
const source = `${new Date().toISOString().slice(0, 10)}; ${describe(machine(), runtime())}`;
const text = tables(subjects, `${source}; \`${command}\`.`);
if (subjects.some(({ found }) => found.size > 0)) console.log(text);
if (signal.aborted) {
  console.error('Interrupted: what was measured by then is above, and no file was written.');
  process.exit(exit.interrupted);
}
if (failure) throw failure;
if (markdown !== undefined) fill(placeOf(markdown), 'growth', `\n${text}\n`);
if (svg !== undefined) writeWhole(placeOf(svg), svgGrowth(subjects, `nfold: ${source}; ${command}`));
process.exit(exit.fine);

function candidateOf(id: string) {
  const own = scan().candidates.filter((one) => one.op === op.name);
  const found = own.find((one) => one.id === id);
  if (found) return found;
  const known = own.map((one) => one.id).join(', ');
  throw new NfoldError(`'${id}' is no candidate of train_gpt2: there are ${known}.`, 'unknown-name');
}

/** Each model once. */
function wanted(): readonly Model[] {
  const few = [byC[0], byC[2], byT[0], byT[2], likeSize(unseen[0]), unseen[0]];
  const all = [...(flags.quick ? few : [...byC, ...byT, ...suite, ...unseen]), ...(flags.large ? large : [])];
  const once = [...new Map(all.map((dims) => [nameOf(dims), dims])).values()];
  const cases = once.map((dims) => ({ dims: { ...dims }, scalars: {} }));
  const names = selectCases(op, cases, flags.case).map((c) => op.caseName(c));
  return once.filter((dims) => names.includes(nameOf(dims)));
}

/** All candidates side by side, and the arithmetic before and after them. */
async function run(): Promise<void> {
  for (const { built } of subjects) await warmBuild(built);
  const conditions = { threads, rounds: flags.quick ? 1 : 3, seed: makeSeed(undefined).seed, signal };
  let before = await arithmetic();
  for (const dims of models) {
    const results = [];
    for (const { built } of subjects) {
      io.progress({ op: op.name, stage: nameOf(dims), detail: built.id });
      results.push(await measured(built, dims, conditions));
    }
    const after = await arithmetic();
    const fma = after?.map((now, i) => (now.gflops > (before?.[i].gflops ?? 0) ? now : before![i])) ?? before;
    before = after;
    for (const [i, { built, found }] of subjects.entries()) {
      const result = results[i];
      found.set(nameOf(dims), typeof result === 'string' ? result : withPeak(result, built, fma, { dims, threads }));
    }
  }
}

/** Null if other work disturbs it each time. */
async function arithmetic(): Promise<Ceilings['fma'] | null> {
  for (let i = 0; i < maxTries; i++) {
    const fma = await arithmeticNow({ signal });
    signal.throwIfAborted();
    if (fma && consistent({ fma })) return fma;
  }
  return null;
}
