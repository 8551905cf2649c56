/**
 * Errors that people make in a candidate, and what nfold says of each. A § stands where the error is said to be, and is no part of the source;
 * without one, only the file is known.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CandidateFile, identify } from '../../src/catalog/candidates.ts';
import { opNames } from '../../src/catalog/ops.ts';
import type { Place } from '../../src/contract/errors.ts';
import type { Case } from '../../src/contract/op.ts';
import { inWorkspace, workspaceAt } from '../../src/files/places.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { prepare } from '../../src/run/prepare.ts';
import { verifyCandidates } from '../../src/run/suite.ts';
import { efforts } from '../../src/stopwatch/effort.ts';

export interface Mistake {
  readonly what: string;
  /** The ending of its file, which gets a name of its own. */
  readonly kind: 'ts' | 'as.ts' | 'wat' | 'wasm.ts';
  readonly source: string;
  /** Files that it imports, from kernels/. */
  readonly beside?: Readonly<Record<string, string>>;
  /** The sentence behind the place, without the name of the file or the candidate. */
  readonly says: string;
  readonly hint?: string;
  /** Whether a call shows it; else it is found before. */
  readonly inCall?: true;
}

const op = 'residual_forward';
const memory = '(import "env" "memory" (memory 1 65536 shared))';
const header = '(func (export "run") (param i32 i32 i32 i32 i32 i32 i32)';
const wat = (fields: string, about = 'x') => `;; @about ${about}\n(module ${memory}\n${fields})\n`;
const parameters = 'tid: i32, nthreads: i32, out: usize, inp1: usize, inp2: usize, N: i32, scratch: usize';
const as = (body: string, before = '', tags = '@about x') =>
  `/** ${tags} */\n${before}\nexport function run(${parameters}): void {\n${body}\n}\n`;
const ts = (body: string, before = '', setup = '') =>
  `${before}\nexport default {\n  about: 'x',\n  setup({ N }: Record<string, number>, arena: any) {\n${setup}\n` +
  `    return ({ out, inp1, inp2 }: Record<string, any>) => {\n${body}\n    };\n  },\n};\n`;
const generator = (body: string, before = '') =>
  `${before}\nexport default {\n  about: 'x',\n  generate({ N }: Record<string, number>) {\n${body}\n  },\n};\n`;
/** A generator of that text. If the text is wrong, the method is where the file is. */
const generated = (text: string) =>
  `export default {\n  about: 'x',\n  §generate({ N }: Record<string, number>) {\n    return \`${text}\`;\n  },\n};\n`;
const windows = (source: string) => `\ufeff${source.replaceAll('\n', '\r\n')}`;
const upTo = (end: string, source: string) => source.slice(0, source.indexOf(end) + end.length);

const signature = 'export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)';
const called = 'run(tid, nthreads, out, inp1, inp2, N, scratch)';
const onlyMemory = 'the only import allowed is the memory env.memory';
const endless = 'it calls itself without an end, or too deep: use a loop';
const outside = 'it reads or writes far beyond its tensors, where the memory ends: check pointer and index';
const printing = "console works under 'nfold verify --debug', where nothing is timed";

/** A source map that takes each place for one of another file. */
const elsewhere = Buffer.from(
  JSON.stringify({ version: 3, sources: ['/etc/passwd'], names: [], mappings: 'AAAA;AACA;AACA;AACA' }),
).toString('base64');

/** One of each kind of error in each language. */
export const mistakes: readonly Mistake[] = [
  {
    what: 'syntax',
    kind: 'ts',
    source: ts('for (let i = 0; i < N; i++ §{ }'),
    says: 'does not build: Expected ")" but found "{"',
  },
  {
    what: 'syntax that only V8 refuses',
    kind: 'ts',
    source: ts("const ä = 'ä', odd = §/(/;"),
    says: 'does not build: SyntaxError: Invalid regular expression: /(/: Unterminated group',
  },
  {
    what: 'an unknown name',
    kind: 'as.ts',
    source: as('  let ä: i32 = 1, y = §nothing;'),
    says: "does not build: Cannot find name 'nothing'",
  },
  {
    what: 'an unknown instruction, behind characters of several bytes',
    kind: 'wat',
    source: wat(`${header}\n  (; ä∊ ;) (§i32.stor (i32.const 0)))`, 'with a ∊'),
    says: 'does not build: unexpected token "i32.stor", expected an instr',
  },
  {
    what: 'a type that only a check of the whole finds',
    kind: 'wat',
    source: wat(`${header}\n  (§f32.store (i32.const 0) (i32.const 0)))`),
    says: 'does not build: type mismatch in f32.store, expected [i32, f32] but got [i32, i32]',
  },
  {
    what: 'syntax of the text',
    kind: 'wasm.ts',
    source: generated(wat(`${header}\n  (i32.stor (i32.const \${N})))`)),
    says: 'does not build: unexpected token "i32.stor", expected an instr, in line 4 of the text that generate(dims) returned: (i32.stor (i32.const 8192))))',
  },
  {
    what: 'half a file',
    kind: 'ts',
    source: upTo('§', ts('§')),
    says: 'does not build: Unexpected end of file',
  },
  {
    what: 'half a file',
    kind: 'wat',
    source: upTo('§', wat(header.replace('param', 'param§'))),
    says: 'does not build: unexpected token EOF, expected )',
  },
  {
    what: 'an empty file',
    kind: 'wat',
    source: '§',
    says: 'needs a line that says its idea: about in the default export, or @about in the head comment',
  },
  {
    what: 'CRLF and a byte order mark',
    kind: 'ts',
    source: windows(ts('', 'const x = null as any, y = x.§length;')),
    says: "does not build: TypeError: Cannot read properties of null (reading 'length')",
  },
  {
    what: 'thrown by generate',
    kind: 'wasm.ts',
    source: generator("    if (N > 0) throw §new Error('no tile for ' + N);\n    return '';"),
    says: 'does not build: no tile for 8192',
  },
  {
    what: 'a wrong export',
    kind: 'as.ts',
    source: as('').replace('export function run', '§export function main'),
    says: 'exports main',
    hint: signature,
  },
  {
    what: 'a memory that is exported',
    kind: 'wat',
    source: ';; @about "env" (memory 1)\n(module\n  §(memory (export "memory") 1)\n  (func (export "run")))\n',
    says: 'does not import its memory, and makes one of its own',
    hint: 'import "env" "memory" (memory 1 65536 shared), where the tensors lie',
  },
  {
    what: 'abort',
    kind: 'wat',
    source: wat('(import §"env" "abort" (func $abort (param i32 i32 i32 i32)))'),
    says: 'imports the function env.abort',
    hint: `${onlyMemory}; AssemblyScript leaves abort out with --use abort=`,
  },
  {
    what: 'Math.random',
    kind: 'as.ts',
    source: as('  // Math.random\n  store<f32>(out, <f32>§Math.random());'),
    says: 'imports the function env.seed',
    hint: `${onlyMemory}, and Math.random needs a seed from outside`,
  },
  {
    what: 'parameters too few',
    kind: 'wat',
    source: wat('(func §(export "run") (param i32))'),
    inCall: true,
    says: `exports run with 1 parameters where residual_forward calls for 7: ${called}`,
  },
  {
    what: 'console in a call',
    kind: 'ts',
    source: ts("§console.log('here');"),
    inCall: true,
    says: 'ReferenceError: console is not defined',
    hint: printing,
  },
  {
    what: 'thrown in a call, by what it imports',
    kind: 'ts',
    source: ts('out[0] = f(inp1);', "import { f } from '../common/f.ts';"),
    beside: { 'common/f.ts': '/** Adds. */\nexport const f = (a: any): number =>\n  a.nothing.§there;\n' },
    inCall: true,
    says: "TypeError: Cannot read properties of undefined (reading 'there')",
  },
  {
    what: 'recursion without end',
    kind: 'ts',
    source: ts('const f = (i: number): number => §1 + f(i);\nout[0] = f(0);'),
    inCall: true,
    says: 'RangeError: Maximum call stack size exceeded',
    hint: endless,
  },
  {
    what: 'a division by zero, in the outer of two',
    kind: 'wat',
    source: wat(
      '(func $f (param $n i32) (result i32)\n  §(i32.div_s\n    (i32.div_s (i32.const 7) (i32.const 1)) ;; div_s (\n' +
        `    (local.get $n)))\n${header}\n  local.get 0\n  call $f\n  drop)`,
    ),
    inCall: true,
    says: 'RuntimeError: divide by zero, in i32.div_s',
    hint: 'an integer division by zero ends the call: look at dims of 0 and 1',
  },
  {
    what: 'unreachable, on the second thread, in what it imports',
    kind: 'as.ts',
    source: as('  if (tid == 1) stop();', "import { stop } from '../common/stop.as';", '@about x\n * @threads any'),
    beside: { 'common/stop.as.ts': '// @ts-ignore\n@inline\nexport function stop(): void {\n  §unreachable();\n}\n' },
    inCall: true,
    says: 'RuntimeError: unreachable',
    hint: 'the code got to an unreachable instruction, which AssemblyScript makes of throw, assert and a full heap',
  },
];

/** More of the same, and what meddles with errors. */
export const moreMistakes: readonly Mistake[] = [
  {
    what: 'syntax, behind characters of several bytes',
    kind: 'ts',
    source: ts("const 𝒳 = 'ä∊'; let y §3;"),
    says: 'does not build: Expected ";" but found "3"',
  },
  {
    what: 'an import of what is not there',
    kind: 'ts',
    source: ts('out[0] = x;', "import { x } from §'../common/absent.ts';"),
    says: 'does not build: Could not resolve "../common/absent.ts"',
  },
  {
    what: 'import()',
    kind: 'ts',
    source: ts('const file: any = N;\nreturn import(§file);'),
    says: 'calls import()',
    hint: 'use import statements at the head of the file, from kernels/common',
  },
  {
    what: 'syntax',
    kind: 'wasm.ts',
    source: generator('    return `(module` +§;'),
    says: 'does not build: Unexpected ";"',
  },
  {
    what: 'an error in what it imports',
    kind: 'as.ts',
    source: as('  g();', "import { g } from '../common/g.as';"),
    beside: { 'common/g.as.ts': 'export function g(): f32 {\n  let x: f64 = 1;\n  return §x;\n}\n' },
    says: "does not build: Conversion from type 'f64' to 'f32' requires an explicit cast",
  },
  {
    what: 'half a file',
    kind: 'as.ts',
    source: upTo('§(', as('  store<f32>§(')),
    says: 'does not build: Unexpected end of text',
  },
  {
    what: 'half a file',
    kind: 'wasm.ts',
    source: upTo('§', generator('    return `(mod§')),
    says: 'does not build: Unterminated string literal',
  },
  {
    what: 'an empty file',
    kind: 'ts',
    source: '',
    says: 'does not build: it has no default export',
    hint: 'export default { about, setup(dims, arena) }, or { about, generate(dims) } from a .wasm.ts file',
  },
  {
    what: 'CRLF and a byte order mark',
    kind: 'as.ts',
    source: windows(as('  §nothing;')),
    says: "does not build: Cannot find name 'nothing'",
  },
  {
    what: 'CRLF and a byte order mark',
    kind: 'wat',
    source: windows(wat(`${header}\n  (§drop))`)),
    says: 'does not build: type mismatch in drop, expected [any] but got []',
  },
  {
    what: 'thrown by parameters',
    kind: 'wasm.ts',
    source:
      "export default {\n  about: 'x',\n  parameters: (dims: any) => dims.M.§toFixed(),\n  generate: () => '',\n};\n",
    says: "does not build: TypeError: Cannot read properties of undefined (reading 'toFixed')",
  },
  {
    what: 'no setup',
    kind: 'ts',
    source: "export const x = 1;\n§export default { about: 'x' };\n",
    says: 'should export default { about, setup(dims, arena) }, and has no function setup',
  },
  {
    what: 'an odd flag',
    kind: 'as.ts',
    source: as('', '', '@about x\n * §@flags --turbo'),
    says: 'asks for a V8 flag other than --experimental-wasm-revectorize, --no-liftoff: --turbo',
  },
  { what: 'a wrong export', kind: 'wat', source: wat('(func §(export "Run"))'), says: 'exports Run', hint: signature },
  { what: 'no export', kind: 'wat', source: wat('§(func $run)'), says: 'exports no function', hint: signature },
  {
    what: 'console',
    kind: 'as.ts',
    source: as("  §console.log('x');"),
    says: 'imports the function env.console.log',
    hint: `${onlyMemory}: only a TypeScript candidate can print, under --debug`,
  },
  {
    what: 'an import',
    kind: 'wasm.ts',
    source: generated(wat(`(import "env" "now" (func))\n${header})`)),
    says: 'imports the function env.now, in line 3 of the text that generate(dims) returned: (import "env" "now" (func))',
    hint: onlyMemory,
  },
  {
    what: 'parameters too few',
    kind: 'as.ts',
    source: as('').replace(', scratch: usize', '').replace('export', '§export'),
    inCall: true,
    says: `exports run with 6 parameters where residual_forward calls for 7: ${called}`,
  },
  {
    what: 'a parameter of another type',
    kind: 'wat',
    source: wat('(func §(export "run") (param i32 i32 i32 i32 i32 i64 i32))'),
    inCall: true,
    says: 'TypeError: Cannot convert 1 to a BigInt',
    hint: 'in run, pointers, dims and scratch are i32 and scalars f32: a parameter is i64',
  },
  {
    what: 'thrown by setup',
    kind: 'ts',
    source: ts('', '', "throw §new TypeError('no such shape');"),
    inCall: true,
    says: 'TypeError: no such shape',
  },
  {
    what: 'more scratch than there is',
    kind: 'ts',
    source: ts('', '', 'const big = arena.§f32(1e12);'),
    inCall: true,
    says: 'RangeError: WebAssembly.Memory.grow(): Maximum memory size exceeded',
    hint: 'tensors and scratch have 2 GiB in all',
  },
  {
    what: 'thrown, and no error',
    kind: 'ts',
    source: ts("throw 'why not';"),
    inCall: true,
    says: 'why not',
    hint: 'throw an Error: it knows its line',
  },
  {
    what: 'a clock',
    kind: 'ts',
    source: ts('const t = §performance.now();'),
    inCall: true,
    says: 'ReferenceError: performance is not defined',
    hint: 'a candidate has no clock: nfold takes the time',
  },
  {
    what: 'recursion without end',
    kind: 'wat',
    source: wat(`§(func $f (result i32) (i32.add (call $f) (i32.const 1)))\n${header} (drop (call $f)))`),
    inCall: true,
    says: 'RangeError: Maximum call stack size exceeded',
    hint: endless,
  },
  {
    what: 'reading far outside',
    kind: 'as.ts',
    source: as('  for (let i = 0; i < N; i++)\n    store<f32>(out + 4 * i, §load<f32>(inp1 + 4 * i + 0xf0000000));'),
    inCall: true,
    says: 'RuntimeError: memory access out of bounds',
    hint: outside,
  },
  {
    what: 'a vector far outside, unfolded',
    kind: 'wat',
    source: wat(
      `${header}\n  (v128.store (i32.const 0) (v128.load (i32.const 0)))\n  i32.const -1\n  §v128.load drop (drop (v128.load (i32.const 0))))`,
    ),
    inCall: true,
    says: 'RuntimeError: memory access out of bounds, in v128.load',
    hint: outside,
  },
  {
    what: 'writing far outside',
    kind: 'wasm.ts',
    source: generated(wat(`${header}\n  (i32.store (i32.const -4) (i32.const 0)))`)),
    inCall: true,
    says: 'RuntimeError: memory access out of bounds, in i32.store in line 4 of the text that generate(dims) returned: (i32.store (i32.const -4) (i32.const 0))))',
    hint: outside,
  },
  {
    what: 'a patched Error',
    kind: 'ts',
    source: ts("throw new Error('x');", 'Error.prepareStackTrace = () => ({}); Error.stackTraceLimit = 1e9;'),
    inCall: true,
    says: 'x',
  },
  {
    what: 'a source map of its own, to a file of another',
    kind: 'ts',
    source: `${ts('', 'const x = null as any, y = x.§length;')}//# sourceMappingURL=data:application/json;base64,${elsewhere}\n`,
    says: "does not build: TypeError: Cannot read properties of null (reading 'length')",
  },
  {
    what: 'a source map that is a pipe',
    kind: 'ts',
    source: `${ts('', 'const x = null as any, y = x.§length;')}//# sourceMappingURL=.pipe\n`,
    says: "does not build: TypeError: Cannot read properties of null (reading 'length')",
  },
  {
    what: 'a stack that throws',
    kind: 'ts',
    source: ts(
      "const error = new Error('x');\nObject.defineProperty(error, 'stack', { get() { throw error; } });\nthrow error;",
    ),
    inCall: true,
    says: 'x',
  },
  {
    what: 'a forged stack, which leads to no line',
    kind: 'ts',
    source: ts(
      "const error = new Error('x\\n\\u001b[2J');\nerror.stack = 'at candidate.js:99999999999:1 (/etc/passwd:1:1)';\nthrow error;",
    ),
    inCall: true,
    says: 'x [2J',
  },
];

export interface Judged {
  readonly verdict: Verdict;
  readonly wanted: Verdict;
}

/** Writes all of them into kernels/ of the folder and verifies them on one element, side by side. */
export async function judged(folder: string, all: readonly Mistake[]): Promise<Judged[]> {
  const files = all.map(({ kind, source, beside = {} }, i) => {
    const file = `kernels/${op}/mistake${i}.${kind}`;
    const places = Object.entries({ [file]: source }).map(([name, text]) => write(folder, name, text));
    places.push(...Object.entries(beside).map(([name, text]) => write(folder, `kernels/${name}`, text)));
    return { file, id: `${op}/mistake${i}`, place: places.find((place) => place !== null) ?? null };
  });
  const candidates = files.map(({ file }) => identify(join(folder, file), opNames()) as CandidateFile);
  const verdicts = await verdictsOf(folder, op, candidates, [{ dims: { N: 1 }, scalars: {} }]);
  return all.map(({ says, hint = null, inCall }, i) => {
    const { file, id, place } = files[i];
    const message = inCall ? `${id} at N1: ${says}` : `${file} ${says}`;
    return { verdict: verdicts[i], wanted: { status: 'error', message, place, hint } };
  });
}

export async function verdictsOf(
  folder: string,
  name: string,
  candidates: readonly CandidateFile[],
  cases: readonly Case[],
): Promise<Verdict[]> {
  return inWorkspace(workspaceAt(folder), async () => {
    const parts = await Promise.all(candidates.map((one) => prepare({ op: name, candidates: [one], problems: [] })));
    const prepared = { ...parts[0], candidates: parts.flatMap((part) => part.candidates) };
    const options = { effort: efforts.quick, seed: 1, threads: 2, text: new Uint8Array(), onProgress() {} };
    const outcomes = await verifyCandidates(prepared, options, { cases, timedShapes: false });
    return outcomes.map(({ verdict }) => verdict);
  });
}

/** Writes a source without its mark, and returns the place of that. */
export function write(folder: string, file: string, source: string): Place | null {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source.replace('§', ''));
  const [before, after] = source.replace('\ufeff', '').split('§');
  const lines = before.split('\n');
  return after === undefined ? null : { file, line: lines.length, column: (lines.at(-1) as string).length + 1 };
}
