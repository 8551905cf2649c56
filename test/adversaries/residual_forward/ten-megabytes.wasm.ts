/**
 * @hack    brings ten megabytes of data along: tables, answers, whatever there is room for
 * @family  resources
 * @seen    not seen in the wild: follows from generators' returning any bytes here
 * @reason  bytes: the limit is 1048576
 */
import type op from '../../../baselines/residual_forward/op.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

export default {
  about: 'ten megabytes of data',
  generate: () => `(module
    (import "env" "memory" (memory 1 65536 shared))
    (data (i32.const 0) "${'x'.repeat(1e7)}")
    (func (export "run") (param i32 i32 i32 i32 i32 i32 i32)))`,
} satisfies Generator<typeof op>;
