/** What to do about the errors that people often meet in a candidate, by the words of V8. */

const confined = 'a candidate has numbers, collections and typed arrays';

/** Names that a realm lacks, and why. */
const missing: readonly (readonly [names: string, hint: string])[] = [
  ['console', "console works under 'nfold verify --debug', where nothing is timed"],
  ['performance Date Temporal', 'a candidate has no clock: nfold takes the time'],
  [
    'Promise setTimeout setInterval setImmediate queueMicrotask',
    'a candidate has no timers and no promises: its work is done when the call returns',
  ],
  [
    'Worker SharedArrayBuffer',
    'a TypeScript candidate has one thread; one of WebAssembly that says @threads any has more',
  ],
  ['WebAssembly', 'write WebAssembly as a candidate of its own: .as.ts, .wat, or .wasm.ts for text that code makes'],
  ['require module exports', `${confined}, and imports from kernels/common alone`],
];

const known: readonly (readonly [words: RegExp, hint: string])[] = [
  [
    /no default export/,
    'export default { about, setup(dims, arena) }, or { about, generate(dims) } from a .wasm.ts file',
  ],
  [
    /memory access out of bounds/,
    'it reads or writes far beyond its tensors, where the memory ends: check pointer and index',
  ],
  [/Memory\.grow/, 'tensors and scratch have 2 GiB in all'],
  [/unaligned access/, 'an atomic instruction needs an address that is a multiple of its size'],
  [
    /RuntimeError: unreachable/,
    'the code got to an unreachable instruction, which AssemblyScript makes of throw, assert and a full heap',
  ],
  [/(divide|remainder) by zero/, 'an integer division by zero ends the call: look at dims of 0 and 1'],
  [/float unrepresentable/, 'a float beyond the integers ends the call: the instructions named trunc_sat do not'],
  [/table index|null function|signature mismatch/, 'it calls through a table: check the index and the type'],
  [/Maximum call stack size exceeded/, 'it calls itself without an end, or too deep: use a loop'],
  [/to a BigInt/, 'in run, pointers, dims and scratch are i32 and scalars f32: a parameter is i64'],
  [/Code generation from strings/, 'a candidate makes no code from strings: write a generator (.wasm.ts) for that'],
];

/** One sentence, or null. */
export function hintFor(message: string): string | null {
  const [, name] = /(?:^|: )([\w$]{1,40}) is not defined/.exec(message) ?? [];
  if (name === undefined) return known.find(([words]) => words.test(message))?.[1] ?? null;
  const [, why] = missing.find(([names]) => names.split(' ').includes(name)) ?? [];
  return why ?? (name in globalThis ? `a candidate has no ${name}: ${confined}` : null);
}
