/** What V8's optimizing compiler did with a TypeScript candidate, as it says itself while the candidate is called again and again. */
import { Cell } from '../cell/cell.ts';
import { openingOf } from '../cell/timer.ts';
import type { Place } from '../contract/errors.ts';
import { plain } from '../contract/foreign.ts';
import { Thrown } from '../contract/thrown.ts';
import type { Variant } from '../contract/variant.ts';
import type { Image } from '../judge/image.ts';
import type { Optimized } from '../schemas/inspect.ts';

const flags = ['--trace-opt', '--trace-deopt', '--trace-deopt-verbose', '--trace-file-names', '--print-opt-source'];
/** How often at least, and for how long, the candidate is called. */
const repeats = { calls: 1, ms: 1000 };
/** Code that is optimized and given up again and again could print without end. */
const maxText = 2 ** 24;
const maxRows = 40;

const meanings: readonly (readonly [RegExp, string])[] = [
  [/wrong map/, 'an object had another shape than before'],
  [/Insufficient type feedback/, 'code ran that had not run before it was optimized'],
  [/out of bounds/, 'an index lay outside of the array'],
  [/overflow/, 'an integer became too large for 32 bits, or for a small integer'],
  [/not a Smi/, 'a value was no small integer, as it was before'],
  [/Smi/, 'a value was a small integer, as it was not before'],
  [/lost precision|not an? int/i, 'a number was no integer, as it was before'],
  [/not a( heap)? ?number/i, 'a value was no number, as it was before'],
  [/hole/, 'an element of an array was missing'],
  [/call target|wrong function/, 'another function was called than before'],
];

/** Throws CandidateError. */
export async function optimizedIn(built: Variant, image: Image): Promise<Optimized> {
  let trace = '';
  const keep = (text: string) => {
    if (trace.length < maxText) trace += text;
  };
  const cell = new Cell({ ...built, flags: [...built.flags, ...flags], onPrint: keep });
  const opening = await openingOf(image, built, 1);
  try {
    await cell.open(opening);
    await cell.sample({ calls: [], warmup: { ...repeats, writes: [{ offset: 0, bytes: image.bytes }] } });
    await cell.finish();
  } finally {
    cell.close();
  }
  const script = opening.artifact.kind === 'js' ? opening.artifact.code : '';
  const locate = async (line: number, column: number): Promise<Place | null> => {
    const thrown = new Thrown('', `candidate.js:${line}:${column}`);
    return (await built.locate?.(thrown, image.case.dims))?.place ?? null;
  };
  const functions = functionsIn(trace).map(async ({ start, ...one }) => {
    const before = script.slice(0, start).split('\n');
    return { ...one, place: await locate(before.length, before[before.length - 1].length + 1) };
  });
  const deoptimizations = [...deoptimizationsIn(trace)].slice(0, maxRows).map(async ([key, count]) => {
    const [reason, line, column] = JSON.parse(key);
    const meaning = meanings.find(([pattern]) => pattern.test(reason))?.[1] ?? null;
    return { reason: plain(reason), meaning, place: await locate(line, column), count };
  });
  return {
    functions: await Promise.all(functions),
    deoptimizations: await Promise.all(deoptimizations),
    // Of some V8 says no file, and they may be functions of Node.
    bailouts: bailoutsIn(trace).filter(({ name }) => script.includes(name)),
  };
}

type Compiled = Omit<Optimized['functions'][number], 'place'> & { readonly start: number };

/** V8 prints the source of a function as it has compiled it, then those that it has put into it, and then that it is done. */
function functionsIn(trace: string): Compiled[] {
  type Open = { -readonly [K in keyof Compiled]: Compiled[K] } & { inlined: string[] };
  const found = new Map<string, Open>();
  let last: Open | undefined;
  const events =
    /^--- FUNCTION SOURCE \((candidate\.js|.{1,300}?):(.{0,200}?)\) id\{\d+,(-?\d+)\} start\{(\d+)\} ---$|^\[(completed) optimizing .{1,600}?( OSR)?\]$/gm;
  for (const [, file, name, inlining, start, done, inLoop] of trace.matchAll(events)) {
    if (done !== undefined) {
      if (last) last[inLoop ? 'inLoop' : 'optimized']++;
      last = undefined;
    } else if (inlining === '-1') {
      const fresh = { name: plain(name), start: Number(start), optimized: 0, inLoop: 0, inlined: [] };
      last = file === 'candidate.js' && found.size < maxRows ? found.getOrInsert(start, fresh) : undefined;
    } else if (last && file === 'candidate.js' && !last.inlined.includes(plain(name))) last.inlined.push(plain(name));
  }
  return [...found.values()];
}

/** How often each reason was met at each line and column of the script. */
function deoptimizationsIn(trace: string): Map<string, number> {
  const counts = new Map<string, number>();
  const events =
    /^\[bailout \(kind: [\w-]+, reason: (.{1,200}?)\): begin\..*\n *;;; deoptimize at <candidate\.js:(\d+):(\d+)>/gm;
  for (const [, reason, line, column] of trace.matchAll(events)) {
    const key = JSON.stringify([reason, Number(line), Number(column)]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function bailoutsIn(trace: string): Optimized['bailouts'] {
  const events =
    /^\[aborted optimizing 0x\w+ <JSFunction (.{0,200}?) ?<candidate\.js> .{1,100} because: (.{1,200}?) - took|^\[disabled optimization for 0x\w+ <SharedFunctionInfo (.{0,200}?)>, reason: (.{1,200})\]$/gm;
  const all = [...trace.matchAll(events)].map(([, name, reason, other, why]) => {
    return { name: plain(name ?? other), reason: plain(reason ?? why) };
  });
  return all.filter((one, i) => all.findIndex((same) => same.name === one.name && same.reason === one.reason) === i);
}
