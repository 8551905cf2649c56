/**
 * Odd      three running sums, of every third product each, and a module of its own for every shape.
 * Honest   sees dims, never data; the last one or two products are emitted where K asks for them.
 */
import type op from '../../../baselines/sgemm/op.ts';
import { advance, each, func, get, module, repeat, set } from '../../../kernels/common/wat.ts';
import type { Generator } from '../../../src/contract/candidate.ts';

const names = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'];

export default {
  about: 'three running sums a dot product, unrolled by shape',
  generate(d) {
    const [aRow, aCol] = d.transA ? [4, 4 * d.lda] : [4 * d.lda, 4];
    const [bRow, bCol] = d.transB ? [4, 4 * d.ldb] : [4 * d.ldb, 4];
    const term = (chain: number) =>
      set(`s${chain}`, `(f32.add ${get(`s${chain}`)} (f32.mul (f32.load ${get('a')}) (f32.load ${get('b')})))`) +
      advance('a', aCol) +
      advance('b', bRow);
    const sum = `(f32.add (f32.add ${get('s0')} ${get('s1')}) ${get('s2')})`;
    const old = `(if (result f32) (f32.eq ${get('beta')} (f32.const 0)) (then (f32.const 0))
      (else (f32.mul ${get('beta')} (f32.load ${get('c')}))))`;
    const element = `
      ${each(3, (chain) => set(`s${chain}`, '(f32.const 0)'))}
      ${set('a', get('ai'))} ${set('b', get('bj'))}
      ${repeat('k', Math.floor(d.K / 3), each(3, term))}
      ${each(d.K % 3, term)}
      (f32.store ${get('c')} (f32.add (f32.mul ${get('alpha')} ${sum}) ${old}))
      ${advance('c', 4)} ${advance('bj', bCol)}`;
    const row = `
      ${set('bj', get('B'))} ${repeat('j', d.N, element)}
      ${advance('ai', aRow)} ${advance('c', 4 * (d.ldc - d.N))}`;
    const params = Object.fromEntries(['tid', 'nthreads', 'A', 'B', 'C', ...names].map((name) => [name, 'i32']));
    const locals = ['ai', 'bj', 'a', 'b', 'c', 'i', 'j', 'k'].map((name) => [name, 'i32']);
    const sums = ['s0', 's1', 's2'].map((name) => [name, 'f32']);
    return module(
      func({
        name: 'run',
        exported: true,
        params: { ...params, alpha: 'f32', beta: 'f32', scratch: 'i32' },
        locals: Object.fromEntries([...locals, ...sums]),
        body: `${set('ai', get('A'))} ${set('c', get('C'))} ${repeat('i', d.M, row)}`,
      }),
    );
  },
} satisfies Generator<typeof op>;
