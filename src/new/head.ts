/** The comment at the head of a new candidate: what the op is, what `run` gets, which rules hold, and how to go on. */
import { signatureOf } from '../catalog/signatures.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Language } from './languages.ts';

const webAssembly = [
  'Scratch  export scratchBytes(nthreads, dims): that many bytes lie at scratch, 256 zero bytes first, then noise.',
  "Threads  one; with '@threads any', run is called on nthreads threads at once, each with its own tid, from 0 up.",
  "Flags    none; with '@flags --experimental-wasm-revectorize', or --no-liftoff, V8 starts with that flag.",
];

const rules: Readonly<Record<Language, readonly string[]>> = {
  ts: [
    'Untimed  setup runs once a case and sees sizes, never data. It alone may take scratch: arena.f32(n), arena.i32(n).',
    'Flags    flags: [...] beside about, with V8 flags that the candidate needs.',
    'Imports  from kernels/common/ and nowhere else, types aside. There is no clock, no I/O and no worker.',
  ],
  as: [
    ...webAssembly,
    'Imports  from kernels/common/ and nowhere else. There is no garbage collector: work on pointers.',
  ],
  wat: [...webAssembly, 'Imports  the memory env.memory and nothing else; no memory and no start function of its own.'],
  c: [
    ...webAssembly,
    'Imports  headers of kernels/common/ and of the compiler, such as wasm_simd128.h. There is no C library.',
  ],
  'wasm-ts': [
    'Untimed  generate(dims) returns the text or the bytes of a module for these dims, which may be constants in it.',
    webAssembly[0],
    "Threads  one; with threads: 'any', run is called on nthreads threads at once, each with its own tid, from 0 up.",
    'Flags    flags: [...] beside about, with V8 flags that the candidate needs.',
    'Imports  from kernels/common/ and nowhere else; the module imports the memory env.memory and nothing else.',
  ],
};

/** Its lines, without the marks of a comment. `about` stands there in languages that have no default export. */
export function headOf(op: AnyOp, name: string, language: Language, about: string): string[] {
  const { tensors } = signatureOf(op);
  const width = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length));
  const names = width(tensors.map(({ name }) => name));
  const rows = tensors.map(({ name, dtype, role, shape }, i) => {
    return `${i === 0 ? 'Tensors ' : '        '} ${name.padEnd(names)}  ${dtype}  ${role.padEnd(5)}  (${shape.join(', ')})`;
  });
  const scalars = op.scalars.length > 0 ? [`Scalars  ${op.scalars.join(', ')}, f32`] : [];
  const order = [...tensors.map(({ name }) => name), ...op.dims, ...op.scalars];
  const call =
    language === 'ts'
      ? `setup(dims, arena) returns run(tensors${op.scalars.length > 0 ? ', scalars' : ''})`
      : `run(tid, nthreads, ${order.join(', ')}, scratch)`;
  const id = `${op.name}/${name}`;
  return [
    op.about,
    '',
    ...(/ts$/.test(language) ? [] : [`@about   ${about}`, '@threads one', '']),
    `Call     ${call}`,
    ...rows,
    '         flat and row-major. What is in must come back unchanged; what is out holds NaN before a call;',
    '         what is inout is read and overwritten. Nothing may be kept from one call to the next.',
    `Dims     ${op.dims.join(', ')}, i32. Small and odd sizes are verified too.`,
    ...scalars,
    ...rules[language],
    `Next     nfold verify ${id}; nfold bench ${id} --quick --no-peers`,
  ];
}
