/** What V8's revectorizer says of a module: which pairs of 128-bit operations it joined, and why not the others, in words. */
import { revectorize } from '../contract/candidate.ts';
import type { Joined } from '../schemas/inspect.ts';
import { compiled } from './code.ts';

/** By what V8 prints before it gives a pair up; the last one that matches counts. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /side effect/i,
    'another load or store lies between the halves: make all loads first, then store one half right after the other',
  ],
  [/different (?:basic )?block/, 'the halves lie in different branches'],
  [/Different opcode|have different op/, 'the halves do different operations'],
  [/different splat input/, 'the halves spread two numbers: load the number once into a local, and spread that'],
  [/partial overlap/, 'one of the halves is joined with a third operation already'],
  [/Simd128Shuffle|Simd256Shuffle/, 'V8 joins shuffles of a few patterns only'],
  [/Unsupported Simd128\w*: .*\[(\w+)\]/, 'V8 has no 256-bit form of $1'],
  [/shift scalar/, 'the halves are shifted by different amounts'],
  [/recursion depth/, 'more operations lead up to them than V8 follows'],
  [/invalid phi/, 'a value that comes from two branches is not a vector in both'],
  [/non-simd load/, 'one half is no load of 128 bits'],
  [/input dependencies/, 'one half is computed from the other'],
  [/Mismatch in|Do not force pack/, 'the vectors are put together lane by lane'],
  [/Default branch #\d+:(\w+)/, 'V8 does not join $1'],
];
const unknown = 'V8 does not say why';
const noPair =
  'no two stores of 128 bits lie side by side, at one address and 16 bytes apart by offset=, and V8 starts from such pairs';

/** V8's names for some operations, in WebAssembly's words. */
const words: Readonly<Record<string, string>> = {
  ...{ Store: 'v128.store', Load: 'v128.load', Simd128LoadTransform: 'v128.load*_splat', Simd128Splat: 'splat' },
  ...{ Phi: 'values carried from pass to pass', Simd128Constant: 'v128.const', Simd128Shuffle: 'i8x16.shuffle' },
  ...{ Qfma: 'relaxed_madd', Qfms: 'relaxed_nmadd', S128Select: 'v128.bitselect' },
};

/** `f32x4.relaxed_madd` for F32x4Qfma. */
function inWords(name: string): string {
  const [, type, operation] = /^([FI]\d+x\d+)(\w+)$/.exec(name) ?? [];
  const snake = operation?.replace(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase();
  return words[name] ?? (operation ? `${type.toLowerCase()}.${words[operation] ?? snake}` : name);
}

/** By function, in the order of their indices; null if V8 could not be asked. */
export async function revectorized(module: Uint8Array, flags: readonly string[]): Promise<Joined[] | null> {
  const trace = await compiled(module, [...flags, revectorize, '--trace-wasm-revectorize']);
  const [, ...blocks] = trace?.split(/^Begin revec function wasm-function#/m) ?? [];
  return trace === null ? null : blocks.map(joinedIn).sort((a, b) => a.function - b.function);
}

export function joinedIn(block: string): Joined {
  // V8 prints the pairs that it starts from, stores first, and then tries each in that order.
  const starts = [...block.matchAll(/^\{(?:\n#\d+ Store (.*)\n.*\n| #\d+, #\d+ )\}$/gm)].map(([, store]) => store);
  const left: { why: string; store?: string }[] = [];
  let tried = 0;
  let why = unknown;
  for (const line of block.split('\n')) {
    why = reasonIn(line) ?? why;
    if (!/tree failed|After (tree building|build tree),/i.test(line)) continue;
    if (line.includes('failed')) left.push({ why, store: starts[tried] });
    tried++;
    why = unknown;
  }
  const refused = [...Map.groupBy(left, (one) => one.why)].map(([reason, all]) => {
    const offsets = all.flatMap(({ store }) => (store ? Number(/offset: (\d+)/.exec(store)?.[1] ?? 0) : []));
    return { why: reason, count: all.length, offsets };
  });
  const [, list = ''] =
    /Decided? to vectorize, \d+ revectorizable nodes:\n((?:Revec: Print .*\n)*?)Revec:.*intersect/.exec(block) ?? [];
  const pairs = [...list.matchAll(/: (?:\w+\[)?(\w+)\]?\(#(\d+), #(\d+)\)$/gm)].filter(([, , a, b]) => a !== b);
  const joined = [...Map.groupBy(pairs, ([, name]) => inWords(name))].map(([name, { length }]) => [name, length]);
  const [, save, cost] = /Save: (\d+), cost: (\d+)/.exec(block) ?? [];
  const unprofitable = `it would save ${save} operations and cost ${cost}`;
  if (tried === 0) refused.push({ why: noPair, count: 0, offsets: [] });
  else if (pairs.length === 0 && save) refused.push({ why: unprofitable, count: tried - left.length, offsets: [] });
  return { function: Number.parseInt(block, 10), joined: Object.fromEntries(joined), tried, refused };
}

function reasonIn(line: string): string | null {
  for (const [pattern, text] of reasons) {
    const found = pattern.exec(line);
    if (found) return text.replace('$1', inWords(found[1] ?? ''));
  }
  return null;
}
