import { z } from 'zod';
import { type DataOf, ErrorData, flag, list, number, orNull, text, textOrNull, texts } from '../contract/fields.ts';
import { verdict } from '../records/schema.ts';

const values = (what: string) => z.record(z.string(), z.number()).describe(what);
const shape = {
  case: text('Name of the case.'),
  dims: values('Value of each dim.'),
  scalars: values('Value of each scalar.'),
};

const Op = z.strictObject({
  op: text('Name of the op.'),
  about: text('The computation, in one line.'),
  dims: texts('Names of the sizes, in the order in which `run` takes them as i32.'),
  scalars: texts('Names of further numbers, in the order in which `run` takes them as f32.'),
  tensors: list(
    'The tensors, in the order in which `run` takes their pointers.',
    z.strictObject({
      name: text('Name of the tensor.'),
      dtype: z.enum(['f32', 'i32']).describe('Type of an element.'),
      role: z.enum(['in', 'out', 'inout']).describe('Whether it is read, written, or both.'),
      shape: texts('Extents in terms of the dims, row-major, outermost first.'),
    }),
  ),
  cases: list(
    'The timed cases.',
    z.strictObject({
      ...shape,
      extra: flag('Whether only --thorough times it.'),
      flop: number('Textbook work of one call, flop.'),
    }),
  ),
  edges: list('Cases that are verified and not timed.', z.strictObject(shape)),
  distributions: texts('Ways in which inputs are drawn; timed calls use the first.'),
  stubs: z
    .strictObject({
      c: text('In C.'),
      assemblyscript: text('In AssemblyScript.'),
      wat: text('In WebAssembly text.'),
      typescript: text('In TypeScript.'),
    })
    .describe('A candidate without its body, in each language.'),
});

const Candidate = z.strictObject({
  candidate: text('Id of the candidate, such as sgemm/ikj-ts.'),
  op: text('Name of its op.'),
  file: text('Its source.'),
  about: textOrNull('The idea, in one line; null if it does not build.'),
  flags: texts('V8 flags that it needs.'),
  threads: orNull('Whether it can use more than one thread.', z.enum(['one', 'any'])),
  tier: orNull('W for WebAssembly, J for JavaScript.', z.enum(['W', 'J'])),
  hash: textOrNull('Content hash of its source.'),
  source: textOrNull('Where the idea comes from.'),
  last: orNull(
    'What the newest record here says of this very source.',
    z.strictObject({
      record: text('Id of the record.'),
      verdict,
      speedup: orNull('Mean speedup.', z.number()),
    }),
  ),
  error: orNull('Why it does not build; null if it does.', ErrorData),
});

export const List = z.strictObject({
  ops: list('The ops of the selected candidates.', Op),
  candidates: list('The selected candidates.', Candidate),
  problems: list('Files that are no candidates.', ErrorData),
});
export type List = DataOf<typeof List>;
