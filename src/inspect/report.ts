/** Shows an inspection on a terminal, in sections, within 80 columns. */
import { counted } from '../contract/words.ts';
import { digits, duration, parametersText } from '../report/format.ts';
import { pc } from '../report/screen.ts';
import { wrapped } from '../report/width.ts';
import { type HotLoop, type Inspection, type Joined, kinds } from '../schemas/inspect.ts';
import type { InspectFlags } from './flags.ts';

const columns = 80;
/** Lines of a listing, and functions, that are shown unless all are asked for. */
const maxListed = 30;
const maxFunctions = 6;

export function reportInspection(data: Inspection, flags: InspectFlags): string {
  const { candidate, case: name, about, tier, threads, parameters } = data;
  const facts = [
    tier === 'W' ? 'WebAssembly' : 'TypeScript, which V8 runs as JavaScript',
    threads === 'any' ? 'any number of threads' : 'one thread',
    `V8 flags: ${data.flags.join(' ') || 'none'}`,
    ...(parameters && Object.keys(parameters).length > 0 ? [`parameters: ${parametersText(parameters)}`] : []),
  ];
  const blocks = tier === 'W' ? [moduleBlock, watBlock, codeBlock, joinedBlock] : [optimizerBlock];
  return [
    section(`${candidate}   ${name}`, about, facts.join('; ')),
    ...blocks.map((block) => block(data, flags)),
    section('Measured', measuredText(data)),
  ].join('\n\n');
}

/** A title and sentences. A line that begins with a space is a row of its own and stays as it is. */
function section(title: string, ...lines: readonly string[]): string {
  return [
    pc.bold(title),
    ...lines.map((line) => (/^( |$)/.test(line) ? line : wrapped(`  ${inert(line)}`, columns))),
  ].join('\n');
}

/** Foreign text as one line, with its indentation. */
const inert = (line: string) => line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
const grouped = (count: number) => count.toLocaleString('en');
const times = (count: number) => ['once', 'twice'][count - 1] ?? `${count} times`;

function listing(rows: readonly string[], all = false, option = ''): string[] {
  const left = all ? 0 : Math.max(0, rows.length - maxListed);
  return left > 0
    ? [...rows.slice(0, maxListed), pc.dim(`    ... ${left} more lines: ${option} shows all`)]
    : [...rows];
}

/** `12 f32x4.relaxed_madd, 6 v128.load32_splat`, the most frequent first. */
function tallied(counts: Readonly<Record<string, number>>): string {
  const ordered = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return ordered.map(([name, count]) => `${count} ${name}`).join(', ');
}

function moduleBlock({ module }: Inspection): string {
  if (!module) return section('Module', 'not read');
  const { bytes, functions, dataBytes, memory, imports, exports } = module;
  const { initial, maximum, shared } = memory;
  const pages = `${grouped(initial)} to ${grouped(maximum)} pages of 64 KiB${shared ? ', shared' : ''}`;
  return section(
    'Module',
    `${grouped(bytes)} bytes; ${counted(functions, 'function')}; ${grouped(dataBytes)} bytes of data; memory: ${pages}`,
    ...imports.map((one) => `imports the ${one.kind} ${one.module}.${one.name}`),
    ...exports.map(({ name, kind, parameters: p }) => `exports the ${kind} ${name}${p ? `(${p.join(', ')})` : ''}`),
  );
}

function watBlock({ wat: { why, text, textLine, hot, loops, guessed } }: Inspection, flags: InspectFlags): string {
  const rows = text.split('\n').map((line, i) => {
    const isHot = hot && i + textLine >= hot.firstLine && i + textLine <= hot.lastLine;
    return ` ${isHot ? pc.yellow('>') : ' '} ${pc.dim(`${i + textLine}`.padStart(5))} ${inert(line)}`;
  });
  const shown = text === '' ? [] : listing(rows, flags.wat, '--wat');
  if (!hot) return section('Hot loop', `none: ${why}`, ...shown);
  const { firstLine, lastLine, operations, flop } = hot;
  const work = Object.entries(operations).filter(([name]) => !/^local\.|\.const$/.test(name));
  return section(
    'Hot loop',
    `function ${hot.function}, lines ${firstLine} to ${lastLine} of the module's text`,
    guessed === null
      ? countedText(hot, loops)
      : `a guess, the innermost loop with the most arithmetic, as its passes could not be counted: ${guessed}`,
    `one pass: ${grouped(flop)} flop (floating-point operations); ${tallied(Object.fromEntries(work))}`,
    '',
    ...shown,
  );
}

const countedText = ({ passes, share, flop }: HotLoop, loops: number) =>
  `${grouped(passes ?? 0)} passes in one call with one thread, by count: ${digits(100 * (share ?? 0))} % of the ` +
  `${flop > 0 ? 'floating-point operations' : 'instructions'} of ${loops === 1 ? 'the only loop' : `all ${loops} loops`}`;

function codeBlock({ machineCode, wat: { hot } }: Inspection, flags: InspectFlags): string {
  const { why, pass, gflops, code } = machineCode;
  const title = 'Machine code of the hot loop';
  if (!pass) return section(title, `not read: ${why}`);
  const { instructions, flop, spills, limits, flopPerCycle, bits, most } = pass;
  const passes = hot?.flop ? flop / hot.flop : 1;
  const unrolled = passes > 1 && Number.isInteger(passes) ? `, which are ${passes} passes of the loop above` : '';
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  const largest = Math.max(...limits.map(({ cycles }) => cycles));
  const speed =
    gflops === null
      ? "; 'nfold peak' measures how many Gflop/s that is here"
      : `, which is ${digits(gflops)} Gflop/s a thread by the peak that was measured here`;
  return section(
    title,
    `one pass: ${counted(instructions, 'instruction')} of x64, ${flop} flop${unrolled}`,
    ...names.flatMap((kind) =>
      pass.kinds[kind] > 0 ? [` ${`${pass.kinds[kind]}`.padStart(6)}  ${wordsOf(kind)}`] : [],
    ),
    ` ${`${spills}`.padStart(6)}  spills among them: vectors on the stack, for lack of registers`,
    '',
    ...listing(
      code.map((line) => `    ${inert(line)}`),
      flags.code,
      '--code',
    ),
    '',
    'a core such as Zen 3 or Ice Lake that finds all data in its first cache needs for one pass at least',
    ...limits.map(
      ({ cycles, what }) =>
        ` ${digits(cycles).padStart(6)} cycles for ${what}${cycles === largest ? '  <- the limit' : ''}`,
    ),
    `so it does at most ${digits(flopPerCycle)} flop a cycle, of the ${most} that fused multiply-adds of ${bits === 32 ? 'single numbers' : `${bits} bits`} reach${speed}`,
  );
}

const pairsIn = ({ joined }: Joined) => Object.values(joined).reduce((sum, count) => sum + count, 0);

function joinedBlock({ revectorizer: { why, asked, functions }, wat: { hot } }: Inspection): string {
  const title = 'Pairs of 128-bit operations that V8 joins to 256 bits (revectorizer)';
  if (why !== null) return section(title, why);
  const joining = functions.filter((one) => pairsIn(one) > 0);
  const sum = joining.reduce((total, one) => total + pairsIn(one), 0);
  const summary = `${counted(sum, 'pair')} in ${joining.length} of the ${counted(functions.length, 'function')} that V8 looked at`;
  if (!asked) return section(title, `not asked for; with --experimental-wasm-revectorize it would be ${summary}`);
  const isHot = (one: Joined) => one.function === hot?.function;
  const told = functions
    .filter((one) => isHot(one) || one.tried > 0)
    .sort((a, b) => Number(isHot(b)) - Number(isHot(a)));
  const left = told.length - maxFunctions;
  const lines = told.slice(0, maxFunctions).flatMap((one) => [
    `function ${one.function}${isHot(one) ? ', with the hot loop' : ''}: ${tallied(one.joined) || 'none'}`,
    ...one.refused.map(({ why, count, offsets }) => {
      const more = offsets.length > 4 ? ', ...' : '';
      const stores = offsets.length > 0 ? ` (stores at offset ${offsets.slice(0, 4).join(', ')}${more})` : '';
      return count > 0
        ? `- ${count} of ${one.tried} pairs not, with all that leads up to them: ${why}${stores}`
        : `- ${why}`;
    }),
  ]);
  return section(
    title,
    summary,
    ...lines,
    ...(left > 0 ? [`and ${counted(left, 'more function')}: --json has all`] : []),
  );
}

type Place = NonNullable<Inspection['optimizer']['found']>['functions'][number]['place'];
const at = (place: Place) =>
  place ? ` at ${place.file}:${place.line}${place.column === null ? '' : `:${place.column}`}` : '';

function optimizerBlock({ optimizer: { why, found } }: Inspection): string {
  const title = "What V8's optimizing compiler did while it was called for a second";
  if (!found) return section(title, `not known, as it did not run: ${why}`);
  const { functions, deoptimizations, bailouts } = found;
  return section(
    title,
    ...functions.map(({ name, place, optimized, inLoop, inlined }) => {
      const how = [
        ...(optimized > 0 ? [`optimized ${times(optimized)}`] : []),
        ...(inLoop > 0 ? [`optimized ${times(inLoop)} while a loop of it ran (on-stack replacement)`] : []),
        ...(inlined.length > 0 ? [`with ${inlined.map((one) => one || 'a function').join(', ')} inlined`] : []),
      ];
      return `${name || 'the function'}${at(place)}: ${how.join(', ') || 'compiled, but not used'}`;
    }),
    `${functions.length === 0 ? 'no function' : 'no other function'} was optimized: the others ran too rarely, or are too large for V8`,
    ...deoptimizations.map(
      ({ reason, meaning, place, count }) =>
        `optimized code was given up ${times(count)}${at(place)}: ${reason}${meaning ? `, that is, ${meaning}` : ''}`,
    ),
    ...(deoptimizations.length === 0 ? ['no optimized code was given up (deoptimized)'] : []),
    ...bailouts.map(({ name, reason }) => `V8 gave up to optimize ${name || 'a function'}: ${reason}`),
  );
}

function measuredText({ candidate, case: name, timed, measured }: Inspection): string {
  if (!timed) return 'never: the case is an edge, which nfold verifies and does not time';
  if (!measured) return `not yet: 'nfold bench ${candidate} --case ${name} --quick --no-peers' does it`;
  const { record, sameSource, threads, timeNs, gflops, percentOfPeak, peak } = measured;
  const share = percentOfPeak === null ? '' : `, ${digits(percentOfPeak)} % of the measured peak (${peak})`;
  const older = sameSource ? '' : ', as it was before its source or its compiler changed';
  return `${digits(gflops)} Gflop/s with ${counted(threads, 'thread')}, ${duration(timeNs)} a call${share}, in record ${record}${older}`;
}

/** The description of a kind as a row has it. */
const wordsOf = (kind: keyof typeof kinds) => {
  const words = kinds[kind].description ?? '';
  return words[0].toLowerCase() + words.slice(1, -1);
};
