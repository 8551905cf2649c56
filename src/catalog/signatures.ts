/** The parameters of a candidate's `run` in each language, from the op's contract. src/cell/kernel.ts passes them. */
import type { AnyOp, Case, TensorSpec } from '../contract/op.ts';

/** A parameter of `run`, with its type in C. */
type Parameter = readonly [type: string, name: string];

const inC = ([type, name]: Parameter) => type + name;
const inWat = ([type, name]: Parameter) => `(param $${name} ${type === 'float ' ? 'f32' : 'i32'})`;
const inAssemblyScript = ([type, name]: Parameter) =>
  `${name}: ${type.endsWith('*') ? 'usize' : type === 'float ' ? 'f32' : 'i32'}`;

/** The tensors in the order of their pointers, and a stub in each language, which compiles as it stands. */
export function signatureOf(op: AnyOp) {
  const tensors = Object.entries<TensorSpec>(op.tensors).map(([name, spec]) => {
    return { name, dtype: spec.dtype, role: spec.role, shape: extents(op, spec) };
  });
  const all = (type: string, names: readonly string[]) => names.map((name): Parameter => [type, name]);
  const pointers = tensors.map(({ name, dtype, role }): Parameter => {
    return [`${role === 'in' ? 'const ' : ''}${dtype === 'f32' ? 'float' : 'int'} *`, name];
  });
  const control = all('int ', ['tid', 'nthreads']);
  const groups = [control, pointers, all('int ', op.dims), all('float ', op.scalars), all('void *', ['scratch'])];
  const run = (write: (parameter: Parameter) => string, comma: string) =>
    groups.flatMap((group) => (group.length > 0 ? `\n  ${group.map(write).join(`${comma} `)}` : [])).join(comma);
  const sizes = (write: (parameter: Parameter) => string) => all('int ', ['nthreads', ...op.dims]).map(write);
  const braced = (names: readonly string[]) => `{ ${names.join(', ')} }`;
  const taken = [tensors.map(({ name }) => name), ...(op.scalars.length > 0 ? [op.scalars] : [])].map(braced);
  return {
    tensors,
    c: `void run(${run(inC, ',')}) {\n}\nint scratchBytes(${sizes(inC).join(', ')}) { return 0; }`,
    assemblyscript:
      `export function run(${run(inAssemblyScript, ',')},\n): void {\n}\n` +
      `export function scratchBytes(${sizes(inAssemblyScript).join(', ')}): i32 { return 0; }`,
    wat:
      `(func (export "run")${run(inWat, '')})\n` +
      `(func (export "scratchBytes") ${sizes(inWat).join(' ')} (result i32) (i32.const 0))`,
    typescript: `setup(${braced(op.dims)}, arena) {\n  return (${taken.join(', ')}) => {\n  };\n}`,
  };
}

const primes = [1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061];

/**
 * Extents, row-major, outermost first, in terms of dims: `T`, `3 * C`, `transA ? K : M`, `1`, `sum of its parts`. They are read off the
 * shape at dims that are primes. A dim that is 0 or 1 in every case is a flag.
 */
export function extents(op: AnyOp, { shape }: TensorSpec): string[] {
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
