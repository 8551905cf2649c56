/** What differs between AssemblyScript and C, as src/new/write.ts writes them. */
import type { Declared } from './kinds.ts';

export interface Dialect {
  /** `const x: f64`, or `double x`. */
  declare(of: Declared, keyword?: 'const' | 'let'): string;
  routine(name: string, params: readonly string[], result: Declared | null, body: string): string;
  load(pointer: string, of: string, index: string): string;
  /** `operator` is that of `+=` without the `=`, or empty. */
  store(pointer: string, of: string, index: string, operator: string, value: string): string;
  offset(pointer: string, index: string): string;
  /** The part of scratch that begins `length` elements after that of `before`, or at its start. */
  scratch(of: string, before: Declared | undefined, length: string): string;
  cast(type: 'i32' | 'f32' | 'f64', value: string): string;
  /** The name of a function of Math that has one here. */
  math(name: string): string | null;
  readonly infinity: string;
  /** How tightly an index is bound to what stands around it. */
  readonly aroundIndex: number;
  readonly lastParameter: string;
}

const isExported = (name: string) => name === 'run' || name === 'scratchBytes';
const atoms = /^[\w.]+$/;
const simple = ['sqrt', 'abs', 'floor', 'ceil', 'trunc', 'min', 'max'];

const bytes = (index: string) => (/^\d+$/.test(index) ? String(4 * Number(index)) : `(${index} << 2)`);
const address = (pointer: string, index: string) => (index === '0' ? pointer : `${pointer} + ${bytes(index)}`);

const typeAs = ({ kind, single }: Declared) =>
  kind === 'whole' ? 'i32' : kind !== 'real' ? 'usize' : single ? 'f32' : 'f64';

export const assemblyScript: Dialect = {
  declare: (of, keyword) =>
    (keyword ? `${keyword} ` : '') + (keyword && of.kind === 'whole' ? of.name : `${of.name}: ${typeAs(of)}`),
  routine: (name, params, result, body) =>
    `${isExported(name) ? 'export ' : ''}function ${name}(${params.join(', ')}): ${result ? typeAs(result) : 'void'} {\n${body}}`,
  load: (pointer, of, index) => `load<${of}>(${address(pointer, index)})`,
  store(pointer, of, index, operator, value) {
    const sum = operator ? `${this.load(pointer, of, index)} ${operator} ${value}` : value;
    const rounded = of === 'i32' ? sum : `<f32>${atoms.test(sum) ? sum : `(${sum})`}`;
    return `store<${of}>(${address(pointer, index)}, ${rounded})`;
  },
  offset: address,
  scratch: (_, before, length) => (before ? address(before.name, length) : 'scratch'),
  cast: (type, value) => `<${type}>${value}`,
  math: (name) => (simple.includes(name) ? `${name}<f64>` : `Math.${name}`),
  infinity: 'Infinity',
  aroundIndex: 12,
  lastParameter: 'scratch: usize',
};

/** Without a library: what Math has beyond single instructions is written out. */
export const plain: Dialect = { ...assemblyScript, math: (name) => (simple.includes(name) ? `${name}<f64>` : null) };

const inC: Record<string, string> = { i32: 'int', f32: 'float', f64: 'double' };
const builtins: Record<string, string> = { abs: 'fabs', min: 'wasm_min_f64', max: 'wasm_max_f64' };

const typeC = ({ kind, single, written }: Declared) =>
  kind === 'whole'
    ? 'int '
    : kind !== 'real'
      ? `${written ? '' : 'const '}${inC[kind]} *`
      : single
        ? 'float '
        : 'double ';

export const c: Dialect = {
  declare: (of) => typeC(of) + of.name,
  routine: (name, params, result, body) =>
    `${isExported(name) ? '' : 'static '}${result ? typeC(result) : 'void '}${name}(${params.join(', ')}) {\n${body}}`,
  load: (pointer, _, index) => `${pointer}[${index}]`,
  store: (pointer, _, index, operator, value) => `${pointer}[${index}] ${operator}= ${value}`,
  offset: (pointer, index) => `${pointer} + ${index}`,
  scratch(of, before, length) {
    if (!before) return `(${inC[of]} *)scratch`;
    const next = this.offset(before.name, length);
    return before.kind === of ? next : `(${inC[of]} *)(${next})`;
  },
  cast: (type, value) => `(${inC[type]})${value}`,
  math: (name) => (simple.includes(name) ? `__builtin_${builtins[name] ?? name}` : null),
  infinity: '__builtin_inf()',
  aroundIndex: 0,
  lastParameter: 'void *scratch',
};
