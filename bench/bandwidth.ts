/**
 * What memory allows an op that only moves bytes: out = in, N floats, 4 vectors a turn, called as a bench calls a kernel. `fresh` has
 * new inputs put in place before each call, by the thread that then works on the first share; `again` repeats the call on what
 * the caches hold. A memory-bound kernel is done when its GB/s are those of `fresh` at its size. Run: node bench/bandwidth.ts
 */

import { availableParallelism } from 'node:os';
import { median } from 'simple-statistics';
import type { Write } from '../src/cell/protocol.ts';
import { Timer } from '../src/cell/timer.ts';
import { compile } from '../src/compiler/compile.ts';
import { type Case, defineOp } from '../src/contract/op.ts';
import type { Variant } from '../src/contract/variant.ts';
import { compose } from '../src/judge/compose.ts';
import { describe } from '../src/machine/describe.ts';
import { machine, runtime } from '../src/machine/fingerprint.ts';
import { printable } from '../src/report/screen.ts';
import { table } from '../src/report/table.ts';

const copy = `
export function run(tid: i32, nthreads: i32, out: usize, inp: usize, N: i32, scratch: usize): void {
  let i = <usize>(N / 64 * tid / nthreads) << 8;
  const end = <usize>(N / 64 * (tid + 1) / nthreads) << 8;
  for (; i < end; i += 64) {
    const a = v128.load(inp + i), b = v128.load(inp + i, 16), c = v128.load(inp + i, 32), d = v128.load(inp + i, 48);
    v128.store(out + i, a);
    v128.store(out + i, b, 16);
    v128.store(out + i, c, 32);
    v128.store(out + i, d, 48);
  }
}`;

const op = defineOp({
  name: 'copy',
  about: 'out = inp',
  dims: ['N'],
  scalars: [],
  tensors: {
    out: { dtype: 'f32', role: 'out', shape: (d) => [d.N] },
    inp: { dtype: 'f32', role: 'in', shape: (d) => [d.N] },
  },
  cases: [4, 32, 128, 512, 2048, 8192].map((KiB) => ({ dims: { N: KiB * 256 }, scalars: {} })),
  edges: [],
  caseName: ({ dims: { N } }) => `N${N}`,
  flop: () => 0,
  distributions: ['integers'],
  draw({ tensors: { inp }, rng }) {
    for (let i = 0; i < inp.length; i++) inp[i] = rng.bits();
  },
  bounds: () => ({}),
});

async function measure(variant: Variant, c: Case, threads: number): Promise<{ fresh: number; again: number }> {
  const timer = new Timer(variant, threads);
  const image = compose({ op, case: c, distribution: 'integers', text: new Uint8Array() }, 1);
  await timer.open(image);
  const calls = (writes: readonly Write[]) => Array.from({ length: 40 }, () => ({ writes, reads: [] }));
  const gbPerSecond = (timeNs: readonly number[]) => (8 * c.dims.N) / median([...timeNs]);
  const fresh = await timer.turn(calls([{ offset: 0, bytes: image.bytes }]), { warmup: { calls: 5, ms: 50 } });
  const again = await timer.turn(calls([]));
  timer.close();
  return { fresh: gbPerSecond(fresh.timeNs), again: gbPerSecond(again.timeNs) };
}

const bytes = await compile({ type: 'assemblyscript', entry: 'copy.ts', files: { 'copy.ts': copy } });
const artifact = { kind: 'wasm' as const, bytes };
const cores = availableParallelism();
const rows = [];
for (const c of op.cases) {
  for (const threads of cores > 1 ? [1, cores] : [1]) {
    const variant: Variant = { id: 'copy', flags: [], threads: 'any', artifact: async () => artifact };
    const { fresh, again } = await measure(variant, c, threads);
    rows.push([`${(8 * c.dims.N) / 1024} KiB`, `${threads}`, fresh.toFixed(1), again.toFixed(1)]);
  }
}
console.log(`${describe(machine(), runtime())}\n`);
const right = (head: string) => ({ head, align: 'right' as const });
console.log(
  printable(table([right('bytes moved'), right('threads'), right('fresh, GB/s'), right('again, GB/s')], rows)),
);
