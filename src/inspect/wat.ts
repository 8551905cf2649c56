/** The loops in a module's text, and the one that does most of the work: the passes of each are counted while the case runs once. */
import { Cell } from '../cell/cell.ts';
import { counterPrefix } from '../cell/protocol.ts';
import { openingOf } from '../cell/timer.ts';
import { compile, type Disassembly } from '../compiler/compile.ts';
import { CandidateError } from '../contract/errors.ts';
import type { Variant } from '../contract/variant.ts';
import { callOn } from '../judge/batch.ts';
import type { Image } from '../judge/image.ts';
import type { HotLoop } from '../schemas/inspect.ts';

export interface WatLoop extends Omit<HotLoop, 'passes' | 'share'> {
  /** Its own instructions. */
  readonly instructions: number;
  readonly innermost: boolean;
  /** From its first byte to its last, in the body of its function. */
  readonly bytes: readonly [number, number];
}

const lanes: Readonly<Record<string, number>> = { f32x4: 4, f64x2: 2, f32: 1, f64: 1 };

function flopOf(name: string): number {
  const [, type, operation] = /^(f\w+)\.(add|sub|mul|div|sqrt|relaxed_n?madd)$/.exec(name) ?? [];
  return type === undefined ? 0 : lanes[type] * (operation.startsWith('relaxed') ? 2 : 1);
}

/** In the order in which they begin. The text has an instruction a line. */
export function loopsIn({ text, offsets }: Disassembly): WatLoop[] {
  type Open = { -readonly [K in keyof WatLoop]: WatLoop[K] } & { operations: Record<string, number> };
  const found: Open[] = [];
  let body = -1;
  let index = 0;
  let places: number[] = [];
  let open: (Open | null)[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    const [, header] = /^ {2}\(func \(;(\d+);\)/.exec(line) ?? [];
    if (header !== undefined) {
      index = Number(header);
      places = [...(offsets[++body] ?? [])];
      open = [];
    }
    const name = /^ {4,}([a-z]\w*(?:\.\w+)*)/.exec(line)?.[1];
    if (name === undefined) continue;
    const around = open.findLast((one) => one !== null);
    if (name === 'end') {
      const place = places.shift() ?? 0;
      const closed = open.pop();
      if (closed) Object.assign(closed, { lastLine: i + 1, bytes: [closed.bytes[0], place] });
    } else if (name === 'loop') {
      if (around) around.innermost = false;
      const place = places.shift() ?? 0;
      const common = { function: index, firstLine: i + 1, lastLine: i + 1, bytes: [place, place] as const };
      const loop = { ...common, operations: {}, instructions: 0, flop: 0, innermost: true };
      open.push(loop);
      found.push(loop);
    } else {
      if (name === 'block' || name === 'if') open.push(null);
      if (!around) continue;
      around.operations[name] = (around.operations[name] ?? 0) + 1;
      around.instructions++;
      around.flop += flopOf(name);
    }
  }
  return found;
}

/** The same module, each of whose loops counts its passes in a global that is exported. */
function counting(text: string, loops: readonly WatLoop[]): string {
  const lines = text.trimEnd().slice(0, -1).split('\n');
  for (const [i, { firstLine }] of loops.entries())
    lines[firstLine - 1] += `\n(global.set $passes${i} (i64.add (global.get $passes${i}) (i64.const 1)))`;
  const counters = loops.map((_, i) => `(global $passes${i} (export "${counterPrefix}${i}") (mut i64) (i64.const 0))`);
  return [...lines, ...counters, ')'].join('\n');
}

/** The passes of each loop in one call with one thread. Throws CandidateError for a module that cannot be run or changed. */
async function passesOf(text: string, loops: readonly WatLoop[], image: Image, built: Variant): Promise<number[]> {
  const bytes = await compile({ type: 'wat', text: counting(text, loops) });
  const counted: Variant = { ...built, flags: [], threads: 'one', artifact: async () => ({ kind: 'wasm', bytes }) };
  const cell = new Cell(counted);
  try {
    await cell.open({ ...(await openingOf(image, counted, 1)), counts: true });
    const { counts } = await cell.sample({ calls: [callOn(image, [])] });
    return loops.map((_, i) => counts?.[i] ?? 0);
  } finally {
    cell.close();
  }
}

export interface Hot {
  /** Null if there is none, for the reason that `why` says. */
  readonly loop: (WatLoop & Pick<HotLoop, 'passes' | 'share'>) | null;
  readonly why: string | null;
  /** Why it is a guess. */
  readonly guessed: string | null;
}

export const noLoop = (why: string): Hot => ({ loop: null, why, guessed: null });

/** Of all loops the one with the most floating-point operations in a call; where no loop has any, the one with the most instructions. */
export async function hotLoop(text: string, loops: readonly WatLoop[], image: Image, built: Variant): Promise<Hot> {
  if (loops.length === 0) return noLoop('the module has no loop');
  const most = <T extends WatLoop>(some: readonly T[], weight: (one: T) => number) =>
    some.reduce((best, one) => (weight(one) > weight(best) ? one : best));
  try {
    const passes = await passesOf(text, loops, image, built);
    const all = loops.map((loop, i) => ({ ...loop, passes: passes[i] }));
    const calculates = all.some((one) => one.passes * one.flop > 0);
    const weight = (one: (typeof all)[number]) => one.passes * (calculates ? one.flop : one.instructions);
    const total = all.reduce((sum, one) => sum + weight(one), 0);
    if (total === 0) return noLoop('no loop of the module ran in this case');
    const loop = most(all, weight);
    return { loop: { ...loop, share: weight(loop) / total }, why: null, guessed: null };
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    const innermost = loops.filter((one) => one.innermost);
    const loop = most(innermost, (one) => one.flop || one.instructions / 1e6);
    return { loop: { ...loop, passes: null, share: null }, why: null, guessed: error.message };
  }
}
