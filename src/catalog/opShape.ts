/** Checks the default export of a user's op.ts, which nothing has checked yet: types are stripped and not looked at when it loads. */
import { z } from 'zod';
import { type AnyOp, type Case, lengthOf, type TensorSpec } from '../contract/op.ts';

const Word = z.string().regex(/^[A-Za-z_]\w*$/);
// biome-ignore lint/complexity/noBannedTypes: any function
const Fn = z.custom<Function>((value) => typeof value === 'function', 'should be a function');
const Size = z.int().min(0);

const CaseShape = z.object({
  dims: z.record(Word, Size),
  scalars: z.record(Word, z.number()),
  extra: z.boolean().optional(),
});

const OpShape = z.object({
  name: z.string(),
  about: z.string().min(1),
  dims: z.array(Word).min(1),
  scalars: z.array(Word),
  tensors: z.record(Word, z.object({ dtype: z.enum(['f32', 'i32']), role: z.enum(['in', 'out', 'inout']), shape: Fn })),
  cases: z.array(CaseShape).min(1),
  edges: z.array(CaseShape),
  caseName: Fn,
  flop: Fn,
  distributions: z.array(z.string().min(1)).min(1),
  draw: Fn,
  bounds: Fn,
  sizeClasses: z.array(z.string().min(1)).min(1).optional(),
  drawCase: Fn.optional(),
  vary: Fn.optional(),
  exact: z.string().optional(),
});

/** Three quarters of what WebAssembly can address; a kernel may need scratch as well. */
const maxBytes = 3 * 2 ** 30;

/** What is wrong with it, to follow the name of its file, or null. */
export function complaintAbout(op: unknown, name: string): string | null {
  const shape = OpShape.safeParse(op, { reportInput: true });
  if (!shape.success) {
    const [{ path, message }] = shape.error.issues;
    if (path.length === 0) return 'should export default defineOp({ … }), and has no such object';
    return `breaks the contract of an op at ${path.join('.')}: ${message}`;
  }
  return nameComplaint(op as AnyOp, name) ?? caseComplaint(op as AnyOp);
}

function nameComplaint(op: AnyOp, name: string): string | null {
  if (op.name !== name) return `calls its op '${op.name}', and its folder is '${name}': use one name for both`;
  const names = [...Object.keys(op.tensors), ...op.dims, ...op.scalars, 'tid', 'nthreads', 'scratch'];
  const twice = names.find((one, i) => names.indexOf(one) !== i);
  if (twice !== undefined) return `uses the name ${twice} for two parameters of run`;
  if (op.exact !== undefined && !op.distributions.includes(op.exact))
    return `calls ${JSON.stringify(op.exact)} exact, which is none of its distributions`;
  const roles = Object.values<{ role: string }>(op.tensors).map(({ role }) => role);
  return roles.some((role) => role !== 'in') ? null : "has no tensor of role 'out' or 'inout', so it computes nothing";
}

function caseComplaint(op: AnyOp): string | null {
  const names = new Set<string>();
  const all: readonly Case[] = [...op.cases, ...op.edges];
  for (const c of all) {
    const missing =
      op.dims.find((dim: string) => !(dim in c.dims)) ?? op.scalars.find((scalar: string) => !(scalar in c.scalars));
    if (missing !== undefined) return `has a case without ${missing}: ${JSON.stringify(c)}`;
    const name: unknown = op.caseName(c);
    if (typeof name !== 'string' || !/^[\w.,=-]+$/.test(name))
      return `names a case ${JSON.stringify(name)}: use letters and digits, such as N1024`;
    if (names.has(name)) return `names two cases ${name}: each case needs its own name`;
    names.add(name);
    const flop = op.flop(c.dims);
    if (!(flop >= 0) || (flop === 0 && op.cases.includes(c)))
      return `says that ${name} takes ${flop} flop: give a number above 0, one for each move where nothing is computed`;
    let bytes = 0;
    for (const [tensor, spec] of Object.entries<TensorSpec>(op.tensors)) {
      const extents = spec.shape(c.dims);
      const good = Array.isArray(extents) && extents.every((extent) => Number.isInteger(extent) && extent >= 0);
      if (!good) return `gives ${tensor} the shape ${JSON.stringify(extents)} at ${name}: use whole numbers from 0 up`;
      bytes += 4 * lengthOf(spec, c.dims);
    }
    if (bytes > maxBytes) return `has ${bytes} bytes of tensors at ${name}: the limit is ${maxBytes}`;
  }
  return null;
}
