/** What a candidate's `run` is given, in each language, as the op's contract has it. src/cell/kernel.ts passes exactly that. */
import type { AnyOp, Case, Dtype, Role, TensorSpec } from '../contract/op.ts';

export interface Argument {
  readonly name: string;
  readonly dtype: Dtype;
  readonly role: Role;
  /** Extents, row-major, outermost first, in terms of dims: `T`, `3 * C`, `transA ? K : M`, `1`, `sum of its parts`. */
  readonly shape: readonly string[];
}

/** The tensors in the order of their pointers, and a stub in each language, which compiles as it stands. */
export interface Signature extends Readonly<Record<'c' | 'assemblyscript' | 'wat' | 'typescript', string>> {
  readonly tensors: readonly Argument[];
}

interface Language {
  readonly separator: string;
  readonly int: (name: string) => string;
  readonly float: (name: string) => string;
  readonly pointer: (tensor: Argument) => string;
  readonly scratch: string;
  /** Around the parameters of `run` and of `scratchBytes`. */
  readonly stub: (run: string, sizes: string) => string;
}

const c: Language = {
  separator: ', ',
  int: (name) => `int ${name}`,
  float: (name) => `float ${name}`,
  pointer: ({ name, dtype, role }) => `${role === 'in' ? 'const ' : ''}${dtype === 'f32' ? 'float' : 'int'} *${name}`,
  scratch: 'void *scratch',
  stub: (run, sizes) => `void run(${run}) {\n}\nint scratchBytes(${sizes}) { return 0; }`,
};
const assemblyscript: Language = {
  separator: ', ',
  int: (name) => `${name}: i32`,
  float: (name) => `${name}: f32`,
  pointer: ({ name }) => `${name}: usize`,
  scratch: 'scratch: usize',
  stub: (run, sizes) =>
    `export function run(${run},\n): void {\n}\nexport function scratchBytes(${sizes}): i32 { return 0; }`,
};
const wat: Language = {
  separator: ' ',
  int: (name) => `(param $${name} i32)`,
  float: (name) => `(param $${name} f32)`,
  pointer: ({ name }) => `(param $${name} i32)`,
  scratch: '(param $scratch i32)',
  stub: (run, sizes) =>
    `(func (export "run")${run})\n(func (export "scratchBytes") ${sizes} (result i32) (i32.const 0))`,
};

export function signatureOf(op: AnyOp): Signature {
  const tensors = Object.entries<TensorSpec>(op.tensors).map(([name, spec]): Argument => {
    return { name, dtype: spec.dtype, role: spec.role, shape: extents(op, spec) };
  });
  const stub = ({ separator, int, float, pointer, scratch, stub }: Language) => {
    const dims = op.dims.map(int);
    const groups = [[int('tid'), int('nthreads')], tensors.map(pointer), dims, op.scalars.map(float), [scratch]];
    const lines = groups.filter(({ length }) => length > 0).map((group) => `\n  ${group.join(separator)}`);
    return stub(lines.join(separator.trimEnd()), [int('nthreads'), ...dims].join(separator));
  };
  const names = (some: readonly string[]) => `{ ${some.join(', ')} }`;
  const taken = [tensors.map(({ name }) => name), ...(op.scalars.length > 0 ? [op.scalars] : [])];
  const typescript = `setup(${names(op.dims)}, arena) {\n  return (${taken.map(names).join(', ')}) => {\n  };\n}`;
  return { tensors, c: stub(c), assemblyscript: stub(assemblyscript), wat: stub(wat), typescript };
}

const primes = [1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061];

/** Each extent as a product of dims, read off the shape at dims that are primes. A dim that is 0 or 1 in every case is a flag. */
function extents(op: AnyOp, { shape }: TensorSpec): string[] {
  const cases: readonly Case[] = [...op.cases, ...op.edges];
  const flags: string[] = op.dims.filter((dim: string) =>
    cases.every(({ dims }) => dims[dim] === 0 || dims[dim] === 1),
  );
  const sizes: [string, number][] = op.dims.map((dim: string, i: number) => [dim, flags.includes(dim) ? 0 : primes[i]]);
  const product = (extent: number) => {
    const factors = sizes.filter(([, prime]) => extent % prime === 0).map(([dim]) => dim);
    const rest = sizes.reduce((left, [, prime]) => (left % prime === 0 ? left / prime : left), extent);
    if (rest >= primes[0]) return 'sum of its parts';
    return [...(rest > 1 || factors.length === 0 ? [rest] : []), ...factors].join(' * ');
  };
  const at = (set: Readonly<Record<string, number>>) => shape({ ...Object.fromEntries(sizes), ...set }).map(product);
  const off = at({});
  const on = flags.map((flag) => at({ [flag]: 1 }));
  return off.map((extent, i) => {
    const by = on.findIndex((other) => other[i] !== extent);
    return by < 0 ? extent : `${flags[by]} ? ${on[by][i]} : ${extent}`;
  });
}
