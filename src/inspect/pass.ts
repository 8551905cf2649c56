/**
 * One pass of a loop of x64 code: how many instructions of each kind, and the least time that a core could take for it.
 *
 *   cycles >= max(count / rate over what a core starts in a cycle, latency of the longest chain from pass to pass)
 *
 * The rates are those of most cores of today (Zen 3, Ice Lake); what a core does besides, such as caches, makes it slower.
 */
import type { Pass } from './data.ts';

/** What a core starts in a cycle. */
const rates = { arithmetic: 2, loads: 2, stores: 1, instructions: 6 } as const;
/** Cycles until the result of a floating-point operation can be used, and until a vector comes back from the stack. */
const latency = 4;

const fma = /^vfn?m(add|sub)\d+/;
/** Multiplies, adds and the like, and their type: `ps` is packed singles. */
const float = /^v?(?:fn?m(?:add|sub)\d+|add|sub|mul|div|sqrt)([ps])([sd])$/;
const move =
  /^v?(mov(?!mskp)|lddqu|broadcast|pbroadcast|shuf|pshuf|perm|p?insert|pinsr|p?extract|pextr|p?unpck|punpck|p?blend|pack|palign)/;

/** An instruction as V8 prints it: `REX.W movq rbp,rsp`, `vbroadcastss ymm6,[r15+r9*1]`. */
function parsed(text: string) {
  const [, name, rest = ''] = /^(?:REX\.W |lock )?(\S+) ?(.*)$/.exec(text) ?? [];
  const operands = rest.split(/,(?![^[]*\])/);
  const memory = operands.findIndex((operand) => operand.startsWith('['));
  const isMove = move.test(name) || /^(mov|set)/.test(name);
  const touches = memory >= 0 && !/^(lea|nop|prefetch)/.test(name);
  return {
    name,
    operands,
    vector: /\b[xyz]mm\d/.test(rest),
    wide: /\bymm\d/.test(rest),
    stack: touches && operands[memory].startsWith('[rbp-'),
    // Only a move writes memory without reading it; a compare reads it, whichever operand it is.
    stores: touches && memory === 0 && !/^(cmp|test|push|call|jmp|v?u?comi)/.test(name),
    loads: touches && !(memory === 0 && isMove),
    moves: isMove,
    flop: flopOf(name, rest),
  };
}
type Instruction = ReturnType<typeof parsed>;

function flopOf(name: string, operands: string): number {
  const [, packed, type] = float.exec(name) ?? [];
  if (packed === undefined) return 0;
  const lanes = packed === 's' ? 1 : (/\bymm\d/.test(operands) ? 32 : 16) / (type === 's' ? 4 : 8);
  return fma.test(name) ? 2 * lanes : lanes;
}

function kindOf({ name, vector, wide, moves, stores, loads }: Instruction): keyof Pass['kinds'] {
  if (!vector) return 'scalar';
  if (moves) return stores ? 'store' : !loads ? 'move' : /broadcast/.test(name) ? 'broadcast' : 'load';
  if (/^v?[^p]\w*s[sd]$/.test(name)) return 'single';
  if (fma.test(name)) return wide ? 'fma256' : 'fma128';
  return wide ? 'other256' : 'other128';
}

export function passOf(instructions: readonly string[]): Pass {
  const all = instructions.map(parsed).filter(({ name }) => name !== 'nop');
  const kinds = { fma256: 0, fma128: 0, other256: 0, other128: 0, single: 0, load: 0, broadcast: 0, store: 0 };
  const counts: Pass['kinds'] = { ...kinds, move: 0, scalar: 0 };
  for (const one of all) counts[kindOf(one)]++;
  const { fma256, fma128, other256, other128, single } = counts;
  const count = {
    arithmetic: fma256 + fma128 + other256 + other128 + single,
    loads: all.filter(({ loads }) => loads).length,
    stores: all.filter(({ stores }) => stores).length,
    instructions: all.length,
  };
  const needs = (Object.keys(rates) as (keyof typeof rates)[]).map((what) => {
    return { what, count: count[what], rate: rates[what], cycles: count[what] / rates[what] };
  });
  const chain = chainOf(all);
  const flop = all.reduce((sum, one) => sum + one.flop, 0);
  const cycles = Math.max(chain, ...needs.map((need) => need.cycles));
  const bits = fma256 + other256 > 0 ? 256 : fma128 + other128 > 0 ? 128 : 32;
  return {
    instructions: all.length,
    kinds: counts,
    spills: all.filter(({ vector, stack }) => vector && stack).length,
    flop,
    needs,
    chain,
    cycles,
    flopPerCycle: flop / cycles,
    bits,
    most: (2 * rates.arithmetic * bits) / 32,
  };
}

/** Cycles by which the results of one pass lie behind those of the pass before, if nothing but results is waited for. */
function chainOf(all: readonly Instruction[]): number {
  /** When each register, and each vector on the stack, has its value. */
  const ready = new Map<string, number>();
  const ends: number[] = [];
  for (let pass = 0; pass < 8; pass++) {
    for (const { name, operands, vector, stack, moves, flop, stores } of all) {
      if (!vector) continue;
      const places = operands.map((operand) => /^[xyz]mm(\d+)/.exec(operand)?.[1] ?? (stack ? operand : ''));
      const [target, ...others] = places;
      // A register that is combined with itself in this way becomes zero or all ones, whatever it held.
      const constant = /^v(p?xor|pcmpeq)/.test(name) && others[0] === others[1];
      const sources = fma.test(name) ? places : others;
      const start = constant ? 0 : Math.max(0, ...sources.map((place) => ready.get(place) ?? 0));
      const took = flop > 0 || (stack && !stores) ? latency : moves ? 0 : 1;
      if (target !== '') ready.set(target, start + took);
    }
    ends.push(Math.max(0, ...ready.values()));
  }
  return (ends[7] - ends[3]) / 4;
}
