/**
 * Is a cheat caught under every seed, and as its head comment says? Judges the cheats of test/adversaries under one seed after another, as the
 * selftest does, and prints a table of rates. Those that compute something else run in processes of this bench, under 200 seeds; those
 * that try something with the process that they run in get cells, and 20 seeds: no draw decides about them.
 * Run: node bench/detection.ts [OP] [--seeds 200] [--first 1] [--log FILE] [--seconds N] [--checks]
 *
 * With a log, seeds that stand in it are left out, and the table is of all of it: a long run can be made in pieces of N seconds.
 * --checks: the table also has the share of the checks of small and drawn shapes that find each; a few seeds tell.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { opNames } from '../src/catalog/ops.ts';
import { appendLine } from '../src/files/write.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { judge } from '../src/selftest/judge.ts';
import { type Cheat, cheats, type Family, isStated } from '../src/selftest/pack.ts';
import { startAlone } from '../test/support/here.ts';
import { timedPacked } from '../test/support/timed.ts';
import { parseOptions } from './options.ts';

/** What became of one cheat under one seed. */
interface Tried {
  readonly id: string;
  readonly seed: number;
  readonly found: boolean;
  readonly stated: boolean;
  /** Whether only a timed call found it. */
  readonly timed: boolean;
  /** Of the checks made, those that found it; with --checks. */
  readonly wrong?: number;
  readonly of?: number;
  readonly said: string;
}

const { positionals, values } = parseOptions({
  options: {
    seeds: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    log: { type: 'string' },
    seconds: { type: 'string', default: '1e9' },
    checks: { type: 'boolean', default: false },
    // Of this command itself: one seed, and cheats that verification does not find.
    one: { type: 'boolean', default: false },
    late: { type: 'string', default: '' },
  },
  allowPositionals: true,
});

/** Families that compute something else, and try nothing with the process that they run in. */
const harmless: readonly Family[] = ['answers', 'numerics', 'training', 'verifier'];
const isHarmless = ({ family }: Cheat) => harmless.includes(family);
/** Seeds of those that no draw decides about. */
const fewSeeds = 20;
const threads = 2;

if (values.one) await oneSeed(positionals[0], positionals[1] === 'here', Number(values.first));
else await all();

/** A process of its own, since threads and arenas stay until it ends: prints a line for each cheat of the op. */
async function oneSeed(name: string, here: boolean, seed: number): Promise<never> {
  // Threads and timers of a kernel keep no process alive, and here nothing else would.
  setInterval(() => {}, 60_000);
  const some = cheats().filter((cheat) => cheat.op === name && isHarmless(cheat) === here);
  const survey = values.checks ? { checks: 1e9, ms: 1e9 } : undefined;
  const late = values.late.split(',');
  const early = some.filter(({ id }) => !late.includes(id));
  const judged = await judge(
    name,
    early,
    here ? { seed, threads, survey, start: startAlone, timed: false } : { seed, threads },
  );
  const verdicts = new Map(early.map((cheat, i) => [cheat, judged[i]]));
  for (const cheat of some) {
    const first = verdicts.get(cheat);
    const isLeft = here && (!first || first.status === 'pass');
    const verdict = !first || isLeft ? await timedPacked(cheat, { seed, threads }) : first;
    const spread = first?.status === 'fail' ? first.spread : undefined;
    const tried: Tried = {
      ...{ id: cheat.id, seed, found: verdict.status !== 'pass', stated: isStated(cheat, verdict), timed: isLeft },
      ...{ wrong: spread?.wrong, of: spread?.of, said: verdictText(verdict) },
    };
    console.log(JSON.stringify(tried));
  }
  process.exit(0);
}

async function all(): Promise<void> {
  const pack = cheats().filter(({ op }) => positionals.length === 0 || positionals.includes(op));
  const tried = values.log && existsSync(values.log) ? linesOf(readFileSync(values.log, 'utf8')) : [];
  const known = new Set(tried.map(({ id, seed }) => `${id} ${seed}`));
  const started = performance.now();
  const left = () => performance.now() - started < 1000 * Number(values.seconds);
  // Stopped early, it still says how far it came.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => finish(pack, tried));
  for (let n = 0; n < Number(values.seeds); n++) {
    const seed = Number(values.first) + n;
    for (const name of opNames()) {
      for (const place of ['here', 'cells']) {
        const some = pack.filter((cheat) => cheat.op === name && isHarmless(cheat) === (place === 'here'));
        const isDone = some.every(({ id }) => known.has(`${id} ${seed}`));
        if (isDone || (place === 'cells' && n >= fewSeeds) || !left()) continue;
        for (const one of await triedIn(name, place, seed, lateIn(tried, some))) {
          tried.push(one);
          if (values.log) appendLine(values.log, JSON.stringify(one));
          if (!one.stated) console.log(`seed ${seed}, ${one.id}: ${one.said}`);
        }
      }
    }
  }
  finish(pack, tried);
}

/** Those that verification has passed under two seeds: timed calls alone have to find them under the others, which saves most of the time. */
function lateIn(tried: readonly Tried[], some: readonly Cheat[]): readonly string[] {
  const passed = (id: string) => tried.filter((one) => one.id === id && one.timed).length;
  const early = (id: string) => tried.some((one) => one.id === id && !one.timed);
  return some.map(({ id }) => id).filter((id) => passed(id) >= 2 && !early(id));
}

async function triedIn(name: string, place: string, seed: number, late: readonly string[]): Promise<readonly Tried[]> {
  const args = [
    '--one',
    '--first',
    `${seed}`,
    '--late',
    late.join(),
    ...(values.checks ? ['--checks'] : []),
    name,
    place,
  ];
  const run = promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url), ...args], { maxBuffer: 2 ** 26 });
  return linesOf((await run).stdout);
}

function linesOf(text: string): Tried[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Tried);
}

/** The table, those that were missed first; exit code 1 if one was. */
function finish(pack: readonly Cheat[], tried: readonly Tried[]): never {
  const head = [
    'cheat',
    'seeds',
    'found',
    'as stated',
    'by timed calls',
    ...(values.checks ? ['checks that find it'] : []),
  ];
  const rows = pack.flatMap(({ id }) => {
    const own = tried.filter((one) => one.id === id);
    if (own.length === 0) return [];
    const share = (is: (one: Tried) => boolean) => own.filter(is).length;
    const shares = own.flatMap(({ wrong, of }) => (wrong === undefined || !of ? [] : [wrong / of]));
    const least = shares.length === 0 ? '-' : `${(100 * Math.min(...shares)).toFixed(1)} %`;
    const counts = [
      own.length,
      share((one) => one.found),
      share((one) => one.stated),
      share((one) => one.found && one.timed),
    ];
    return [{ missed: counts[0] - counts[2], cells: [`\`${id}\``, ...counts, ...(values.checks ? [least] : [])] }];
  });
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  console.log([line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:')))].join('\n'));
  for (const { cells } of rows.toSorted((a, b) => b.missed - a.missed)) console.log(line(cells));
  const missed = rows.filter((row) => row.missed > 0).length;
  console.log(`\n${rows.length} cheats, ${tried.length} judgements, ${missed} not always caught as stated`);
  process.exit(missed === 0 ? 0 : 1);
}
