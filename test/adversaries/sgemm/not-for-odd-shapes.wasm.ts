/**
 * @hack    a generator that emits a tail only for the shapes that it expects
 * @family  verifier
 * @seen    Infatoshi/kernelbench.com pull request 7: right for the visible inputs only
 * @reason  differs
 */
import type op from '../../../baselines/sgemm/op.ts';
import { func, i32, module } from '../../../kernels/common/wat.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

const names = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'];

export default {
  about: 'rows in pairs, and no last one where M is odd',
  generate(d) {
    const at = (base: string, i: string, step: number, k: string, stride: number) =>
      `(f32.load (i32.add (local.get $${base}) (i32.shl (i32.add (i32.mul ${i} ${i32(step)}) (i32.mul ${k} ${i32(stride)})) (i32.const 2))))`;
    const [i, j, k] = ['i', 'j', 'k'].map((name) => `(local.get $${name})`);
    const a = d.transA ? at('A', i, 1, k, d.lda) : at('A', i, d.lda, k, 1);
    const b = d.transB ? at('B', j, d.ldb, k, 1) : at('B', j, 1, k, d.ldb);
    const c = `(i32.add (local.get $C) (i32.shl (i32.add (i32.mul ${i} ${i32(d.ldc)}) ${j}) (i32.const 2)))`;
    const loop = (name: string, end: number, body: string) =>
      `(local.set $${name} (i32.const 0)) (block $${name}e (loop $${name}l (br_if $${name}e (i32.ge_s (local.get $${name}) ${i32(end)}))
        ${body} (local.set $${name} (i32.add (local.get $${name}) (i32.const 1))) (br $${name}l)))`;
    const sum = `(local.set $s (f32.const 0)) ${loop('k', d.K, `(local.set $s (f32.add (local.get $s) (f32.mul ${a} ${b})))`)}`;
    const old = `(if (result f32) (f32.eq (local.get $beta) (f32.const 0)) (then (f32.const 0)) (else (f32.mul (local.get $beta) (f32.load ${c}))))`;
    const store = `(f32.store ${c} (f32.add (f32.mul (local.get $alpha) (local.get $s)) ${old}))`;
    const rows = d.M > 40 ? d.M & ~1 : d.M;
    const pointers = Object.fromEntries(['tid', 'nthreads', 'A', 'B', 'C', ...names].map((name) => [name, 'i32']));
    const params = { ...pointers, alpha: 'f32', beta: 'f32', scratch: 'i32' };
    const locals = { i: 'i32', j: 'i32', k: 'i32', s: 'f32' };
    return module(
      func({ name: 'run', exported: true, params, locals, body: loop('i', rows, loop('j', d.N, sum + store)) }),
    );
  },
} satisfies Generator<typeof op>;
