/**
 * One pass of a loop of x64 code: how many instructions of each kind, and the least time that a core could take for it.
 *
 *   cycles >= max(count / rate over what a core starts in a cycle, latency of the longest chain that leads from pass to pass)
 *
 * The rates are those of most cores of today (Zen 3, Ice Lake). Where a core does better, as some do with loads, the code may too.
 */
import { kinds, type Pass } from '../schemas/inspect.ts';

/** What a core starts in a cycle. */
const rates = { arithmetic: 2, loads: 2, stores: 1, instructions: 6 } as const;
/** Cycles until the result of a floating-point operation can be used, and until a vector comes back from the stack. */
const latency = 4;

const fma = /^vfn?m(add|sub)\d/;
/** Operations that count as flop, and their type: `ps` is packed singles. */
const float = /^v?(?:fn?m(?:add|sub)\d+|add|sub|mul|div|sqrt)([ps])([sd])$/;
const move = /^(set|v?(mov(?!mskp)|lddqu|p?broadcast|p?shuf|perm|p?inser|pins|p?extr|p?unpck|p?blend|pack|palign))/;
const readsOnly = /^(cmp|test|push|call|jmp|v?u?comi)/;
const touchesNothing = /^(lea|nop|prefetch)/;

/** An instruction as V8 prints it: `REX.W movq rbp,rsp`, `vbroadcastss ymm6,[r15+r9*1]`. */
function parsed(text: string) {
  const [, name = '', rest = ''] = /^(?:REX\.W |lock )?(\S+) ?(.*)$/.exec(text) ?? [];
  const operands = rest.split(/,(?![^[]*\])/);
  const memory = touchesNothing.test(name) ? -1 : operands.findIndex((operand) => operand.startsWith('['));
  const [, packed, type] = float.exec(name) ?? [];
  const lanes = packed === 's' ? 1 : (rest.includes('ymm') ? 32 : 16) / (type === 's' ? 4 : 8);
  return {
    name,
    operands,
    vector: /[xy]mm\d/.test(rest),
    bits: rest.includes('ymm') ? (256 as const) : (128 as const),
    moves: move.test(name),
    // Only a move writes memory without reading it.
    stores: memory === 0 && !readsOnly.test(name),
    loads: memory > 0 || (memory === 0 && !move.test(name)),
    stack: memory >= 0 && operands[memory].startsWith('[rbp-'),
    flop: packed ? lanes * (fma.test(name) ? 2 : 1) : 0,
  };
}
type Instruction = ReturnType<typeof parsed>;

function kindOf({ name, vector, bits, moves, stores, loads }: Instruction): keyof Pass['kinds'] {
  if (!vector) return 'scalar';
  if (moves) return stores ? 'store' : !loads ? 'move' : name.includes('broadcast') ? 'broadcast' : 'load';
  if (/^v?[^p]\w*s[sd]$/.test(name)) return 'single';
  return fma.test(name) ? `fma${bits}` : `other${bits}`;
}

export function passOf(instructions: readonly string[]): Pass {
  const all = instructions.map(parsed).filter(({ name }) => name !== 'nop');
  const counts = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0])) as Pass['kinds'];
  for (const one of all) counts[kindOf(one)]++;
  const wide = counts.fma256 + counts.other256;
  const narrow = counts.fma128 + counts.other128;
  const count = {
    arithmetic: wide + narrow + counts.single,
    loads: all.filter(({ loads }) => loads).length,
    stores: all.filter(({ stores }) => stores).length,
    instructions: all.length,
  };
  const limits = Object.entries(rates).map(([what, rate]) => {
    return { what: `${what}, ${rate} in a cycle`, cycles: count[what as keyof typeof rates] / rate };
  });
  limits.push({ what: `results that wait for one another, ${latency} cycles each`, cycles: chainOf(all) });
  const flop = all.reduce((sum, one) => sum + one.flop, 0);
  const bits = wide > 0 ? 256 : narrow > 0 ? 128 : 32;
  return {
    ...{ instructions: all.length, kinds: counts, flop, limits, bits },
    spills: all.filter(({ vector, stack }) => vector && stack).length,
    flopPerCycle: flop / Math.max(...limits.map(({ cycles }) => cycles)),
    most: (2 * rates.arithmetic * bits) / 32,
  };
}

/** Cycles by which the results of one pass come after those of the pass before, if nothing but results is waited for. */
function chainOf(all: readonly Instruction[]): number {
  /** When each vector register, and each vector on the stack, has its value. */
  const ready = new Map<string, number>();
  const ends: number[] = [];
  for (let pass = 0; pass < 8; pass++) {
    for (const { name, operands, stack, moves, flop, stores } of all.filter(({ vector }) => vector)) {
      const places = operands.map((operand) => /^[xy]mm(\d+)/.exec(operand)?.[1] ?? (stack ? operand : ''));
      const [target, ...others] = places;
      // A register that is combined with itself in this way becomes all zeros or ones, whatever it held.
      const constant = /^v(p?xor|pcmpeq)/.test(name) && others[0] === others[1];
      // Without AVX an instruction has two operands, and reads the one that it writes.
      const readsTarget = fma.test(name) || !(name.startsWith('v') || moves);
      const sources = constant ? [] : readsTarget ? places : others;
      const took = flop > 0 || (stack && !stores) ? latency : moves ? 0 : 1;
      if (target !== '') ready.set(target, Math.max(0, ...sources.map((place) => ready.get(place) ?? 0)) + took);
    }
    ends.push(Math.max(0, ...ready.values()));
  }
  return (ends[7] - ends[3]) / 4;
}
