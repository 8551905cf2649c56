/**
 * Errors that people make in a candidate, and what nfold says of each. A § stands where the error is said to be, and is no part of the source;
 * without one, only the file is known.
 */
import {
  as,
  called,
  endless,
  generated,
  generator,
  header,
  type Mistake,
  onlyMemory,
  printing,
  signature,
  ts,
  upTo,
  wat,
  windows,
} from './mistake.ts';

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
