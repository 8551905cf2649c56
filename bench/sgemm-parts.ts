/**
 * Where the time of a shaped sgemm goes: pieces of its own code, timed in one process, turn about, as shares of the measured peak.
 * From left to right each has one thing more to do than the one before:
 *
 *   tile       the inner tile alone, again and again on the same two panels, which stay in L1
 *   again      the whole product, called on what the last call left in the caches
 *   fresh      the same after new inputs, put in place by the first thread: what a bench times
 *   packing    of a whole product, the packing of B alone: share of the time of `again`
 *   hand-off   a call in which no thread has anything to do: share of the time of `fresh`
 *
 * Each is the best of several rounds, a round the median of some calls. Writes the page if no case is named.
 * Run: node bench/sgemm-parts.ts [CANDIDATE] [CASE…]
 */
import { median } from 'simple-statistics';
import { type Blocking, headerAt, planOf, type Shape } from '../kernels/common/gemmplan.ts';
import { gemmModule, header, pieces, runs, share } from '../kernels/common/gemmshape.ts';
import { tile } from '../kernels/common/gemmtile.ts';
import { add, get, i32, module, set } from '../kernels/common/wat.ts';
import { type Built, build, type Tuning } from '../src/build/build.ts';
import { compile, stopCompiler } from '../src/build/compile.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { Cell } from '../src/cell/cell.ts';
import { openingOf, type Variant } from '../src/cell/opening.ts';
import type { Case } from '../src/contract/op.ts';
import { cacheBytes } from '../src/machine/caches.ts';
import type { Ceilings } from '../src/machine/ceilings.ts';
import { describe, machine, runtime } from '../src/machine/fingerprint.ts';
import { ceilingsHere } from '../src/machine/peak.ts';
import { computePeak } from '../src/machine/roofline.ts';
import { markdownTable } from '../src/report/markdown.ts';
import { compose } from '../src/verify/image.ts';
import { fill } from './page.ts';
import { squares, training } from './sgemm-targets.ts';

const rounds = 8;
const [id = 'sgemm/shaped-6x16-wasmrelaxedsimd', ...wanted] = process.argv.slice(2);
const op = await loadOp('sgemm');
const file = scan().candidates.find((candidate) => candidate.id === id);
const built = file && (await build(file));
if (!built?.tuning) {
  console.error(`'${id}' is no candidate that is made for each shape, such as sgemm/shaped-6x16-wasmrelaxedsimd.`);
  process.exit(2);
}
const names = wanted.length > 0 ? wanted : [...squares, ...training.slice(0, 3)];
const cases = names.map((name) => op.cases.find((c) => op.caseName(c) === name));
const unknown = names.find((_, i) => cases[i] === undefined);
if (unknown !== undefined) {
  console.error(`sgemm has no case '${unknown}'.`);
  process.exit(2);
}
const { cores } = machine();
const cell = new Cell(built);
const rows: string[][] = [];
const ceilings = await ceilingsHere({});
if (ceilings === null) throw new Error('this machine is too busy for its peak to be measured');
for (const c of cases as Case[]) {
  for (const threads of cores > 1 ? [1, cores] : [1]) rows.push(await rowOf(c, threads, built.tuning));
}
cell.close();
stopCompiler();
const heads = ['threads', 'peak, Gflop/s', 'tile', 'again', 'fresh', 'packing', 'hand-off'];
const text = [
  markdownTable(['case', ...heads], rows),
  `*${id}, ${new Date().toISOString().slice(0, 10)}; ${describe(machine(), runtime())}; \`node bench/sgemm-parts.ts\`.*`,
].join('\n\n');
console.log(text);
if (wanted.length === 0) fill('kernels/sgemm/README.md', 'parts', `\n${text}\n`);

async function rowOf(c: Case, threads: number, tuning: Tuning): Promise<string[]> {
  const blocking = (await tuning.parameters(c.dims, threads)) as unknown as Blocking;
  const { flop, ...parts } = piecesOf(c.dims as Shape, blocking);
  const modules = { ...parts, whole: gemmModule(c.dims as Shape, blocking) };
  const image = compose(op, c, op.distributions[0], 1, new Uint8Array());
  const inputs = [{ offset: 0, bytes: image.bytes }];
  const peak = computePeak(ceilings as Ceilings, { threads, flags: built?.flags ?? [] });
  const calls = Math.max(5, Math.min(60, Math.ceil((5e6 * peak) / op.flop(c.dims))));
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, text] of Object.entries(modules)) {
      const bytes = await compile({ type: 'wat', text });
      const artifact = async () => ({ kind: 'wasm' as const, bytes });
      const variant: Variant = { ...(built as Built), id: name, artifact };
      // Scratch starts as zeros: noise has denormal numbers in it, which cost more than they should.
      const opening = await openingOf(op, c, image.scalars, image.layout, variant, threads);
      await cell.open({ ...opening, noise: false });
      const take = async (key: string, writes: typeof inputs) => {
        const plan = Array.from({ length: calls }, () => ({ writes, reads: [] }));
        const { timeNs } = await cell.sample({ calls: plan, warmup: { writes: inputs, calls: 3, ms: 10 } });
        times[key] = [...(times[key] ?? []), median([...timeNs])];
      };
      if (name === 'whole') await take('fresh', inputs);
      await take(name, []);
    }
  }
  const least = (name: string) => Math.min(...times[name]);
  const shareOf = (work: number, ns: number) => `${((100 * work) / ns / peak).toFixed(1)} %`;
  const part = (name: string, of: string) => `${((100 * least(name)) / least(of)).toFixed(1)} %`;
  return [
    ...[op.caseName(c), `${threads}`, peak.toFixed(0)],
    ...[shareOf(threads * flop, least('tile'))],
    ...[shareOf(op.flop(c.dims), least('whole')), shareOf(op.flop(c.dims), least('fresh'))],
    ...[part('packing', 'whole'), part('nothing', 'fresh')],
  ];
}

/** Modules that do a part of the work each, with the code and the memory of the whole. */
function piecesOf(shape: Shape, blocking: Blocking) {
  const plan = planOf(shape, blocking);
  const { NR, cRow, packB, b, unroll } = plan;
  const own = (offset: number) => add(get('own'), i32(offset));
  const all = (body: string) => module(...pieces(plan), runs(plan, body));
  const packing = `
    ${header(plan)}
    (call $part ${share(plan, i32(0))} ${['own', 'alpha', 'beta'].map(get).join(' ')})`;
  // Two panels within three quarters of L1: the tile's own depth where that is less.
  const mr = Math.min(blocking.MR, shape.M);
  const kc = Math.min(plan.kc, Math.floor((0.75 * cacheBytes().L1) / (4 * (mr + NR))));
  const tileFlop = 2 * mr * NR * kc;
  const tiles = Math.ceil(3e7 / tileFlop);
  const one = { name: 'one', mr, width: NR / 4, kc, unroll, cRow, bRow: packB ? 4 * NR : b.row };
  const alone = `
    ${header(plan)}
    ${set('lo', i32(tiles))}
    (loop $again
      (call $one ${get('A')} ${packB ? own(plan.bpAt) : get('B')} ${own(plan.tileAt)}
        ${own(headerAt.zeros)} ${i32(0)} ${own(headerAt.first)})
      (br_if $again (local.tee $lo (i32.sub ${get('lo')} ${i32(1)}))))`;
  return {
    flop: tiles * tileFlop,
    tile: module(...pieces(plan), tile({ ...one, cRow: 4 * NR, aStep: plan.a }), runs(plan, alone)),
    packing: all(packing),
    nothing: all(''),
  };
}
