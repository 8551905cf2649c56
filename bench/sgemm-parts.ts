/**
 * Where the time of a shaped sgemm goes: pieces of its own code, timed in one process, turn about, as shares of the measured peak.
 * From left to right each has one thing more to do than the one before:
 *
 *   tile       the inner tile alone, again and again on the same two packed panels, which stay in L1
 *   again      the whole product, called on what the last call left in the caches
 *   fresh      the same after new inputs, put in place by the first thread: what a bench times
 *   packing    of a whole product, the packing of B alone, where tiles do not do it: share of the time of `again`
 *   hand-off   a call in which no thread has anything to do: share of the time of `fresh`
 *
 * And the same product, fresh, with other blocking than the candidate's own choice, where it is far from its peak.
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
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { Cell } from '../src/cell/cell.ts';
import { openingOf } from '../src/cell/timer.ts';
import { compile } from '../src/compiler/compile.ts';
import type { Case } from '../src/contract/op.ts';
import type { Variant } from '../src/contract/variant.ts';
import { compose } from '../src/judge/compose.ts';
import { cacheBytes } from '../src/machine/caches.ts';
import type { Ceilings } from '../src/machine/ceilings.ts';
import { describe } from '../src/machine/describe.ts';
import { machine, runtime } from '../src/machine/fingerprint.ts';
import { ceilingsHere } from '../src/machine/peak.ts';
import { computePeak } from '../src/machine/roofline.ts';
import { markdownTable } from '../src/report/table.ts';
import { fill } from './page.ts';
import { squares, training } from './sgemm-targets.ts';

const rounds = 8;
/** Choices to set beside the candidate's own, in large products. */
const choices = ({ N, K }: Shape): Readonly<Record<string, Partial<Blocking>>> => ({
  '48 rows of A at a time': { MC: 48 },
  '96 rows of A at a time': { MC: 96 },
  'A packed': { packA: 1 },
  '256 deep': { KC: 256 },
  '512 deep': { KC: 512 },
  '128 columns at a time': { NC: 128 },
  'rows outside, 64 columns at a time': { order: 'M', NC: 64 },
  'rows outside, 128 columns at a time': { order: 'M', NC: 128 },
  'rows outside, all columns at once': { order: 'M', NC: N, KC: K },
  'B as it lies': { order: 'M', packB: 0, split: 'M' },
});
const large = squares.slice(3);
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
const cell = new Cell({ flags: built.flags });
const ceilings = (await ceilingsHere({})) as Ceilings;
if (ceilings === null) throw new Error('this machine is too busy for its peak to be measured');
const counts = cores > 1 ? [1, cores] : [1];
const subjects = await Promise.all(
  (cases as Case[]).flatMap((c) => counts.map((threads) => subject(c, threads, built as Built & { tuning: Tuning }))),
);
// Round by round through all of them: what disturbs the machine for seconds does not meet the same one each time.
for (let round = 0; round < rounds; round++) for (const one of subjects) await take(one);
const rows = subjects.map(rowOf);
cell.close();
const heads = ['threads', 'peak, Gflop/s', 'tile', 'again', 'fresh', 'packing', 'hand-off'];
const far = subjects.filter(({ others }) => others.length > 0);
const text = [
  markdownTable(['case', ...heads], rows),
  ...(far.length > 0 ? [markdownTable(['choice', ...far.map(nameOf)], choiceRows())] : []),
  `*${id}, ${new Date().toISOString().slice(0, 10)}; ${describe(machine(), runtime())}; \`node bench/sgemm-parts.ts\`.*`,
].join('\n\n');
console.log(text);
if (wanted.length === 0) fill('kernels/sgemm/table.md', 'parts', `\n${text}\n`);

/** One case on so many threads: its modules, and the nanoseconds that each took, round by round. */
async function subject(c: Case, threads: number, { tuning, flags }: Built & { readonly tuning: Tuning }) {
  const blocking = (await tuning.parameters(c.dims, threads)) as unknown as Blocking;
  const { flop, ...parts } = piecesOf(c.dims as Shape, blocking);
  const others = large.includes(op.caseName(c)) ? Object.entries(choices(c.dims as Shape)) : [];
  const texts = [
    ...Object.entries({ ...parts, whole: gemmModule(c.dims as Shape, blocking) }),
    ...others.map(([name, other]) => [name, gemmModule(c.dims as Shape, { ...blocking, ...other })] as const),
  ];
  const modules = await Promise.all(
    texts.map(async ([name, text]) => [name, await compile({ type: 'wat', text })] as const),
  );
  const image = compose({ op, case: c, distribution: op.distributions[0], text: new Uint8Array() }, 1);
  const peak = computePeak(ceilings, { threads, flags });
  const times = new Map<string, number[]>();
  return { c, threads, modules, others: others.map(([name]) => name), image, peak, tileFlop: threads * flop, times };
}
type Subject = Awaited<ReturnType<typeof subject>>;

async function take({ c, threads, modules, others, image, peak, times }: Subject): Promise<void> {
  const inputs = [{ offset: 0, bytes: image.bytes }];
  const calls = Math.max(5, Math.min(60, Math.ceil((5e6 * peak) / op.flop(c.dims))));
  const sample = async (name: string, writes: typeof inputs) => {
    const plan = Array.from({ length: calls }, () => ({ writes, reads: [] }));
    const { timeNs } = await cell.sample({ calls: plan, warmup: { writes: inputs, calls: 3, ms: 10 } });
    times.set(name, [...(times.get(name) ?? []), median([...timeNs])]);
  };
  for (const [name, bytes] of modules) {
    const variant: Variant = { ...(built as Built), id: name, artifact: async () => ({ kind: 'wasm', bytes }) };
    // Scratch starts as zeros: noise has denormal numbers in it, which cost more than they should.
    const opening = await openingOf(image, variant, threads);
    await cell.open({ ...opening, noise: false });
    if (name === 'whole') await sample('fresh', inputs);
    await sample(name, others.includes(name) ? inputs : []);
  }
}

function nameOf({ c, threads }: Subject): string {
  return `${op.caseName(c)}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

function choiceRows(): string[][] {
  const share = ({ c, peak, times }: Subject, name: string) =>
    `${((100 * op.flop(c.dims)) / Math.min(...(times.get(name) ?? [])) / peak).toFixed(1)} %`;
  const row = (label: string, name: string) => [label, ...far.map((one) => share(one, name))];
  return [row('its own', 'fresh'), ...far[0].others.map((name) => row(name, name))];
}

function rowOf({ c, threads, peak, tileFlop, times }: Subject): string[] {
  const least = (name: string) => Math.min(...(times.get(name) ?? []));
  const percent = (share: number) => `${(100 * Math.max(0, share)).toFixed(1)} %`;
  const flop = op.flop(c.dims);
  return [
    ...[op.caseName(c), `${threads}`, peak.toFixed(0), percent(tileFlop / least('tile') / peak)],
    ...[percent(flop / least('whole') / peak), percent(flop / least('fresh') / peak)],
    percent((least('packing') - least('nothing')) / least('whole')),
    percent(least('nothing') / least('fresh')),
  ];
}

/** Modules that do a part of the work each, with the code and the memory of the whole. */
function piecesOf(shape: Shape, blocking: Blocking) {
  const plan = planOf(shape, blocking);
  const { NR, unroll } = plan;
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
  const steps = { aStep: { row: 4, col: 4 * mr }, bRow: 4 * NR, cRow: 4 * NR };
  const one = { name: 'one', mr, width: NR / 4, kc, unroll, ...steps };
  const alone = `
    ${header(plan)}
    ${set('lo', i32(tiles))}
    (loop $again
      (call $one ${get('A')} ${get('B')} ${own(plan.tileAt)}
        ${own(headerAt.zeros)} ${i32(0)} ${own(headerAt.first)})
      (br_if $again (local.tee $lo (i32.sub ${get('lo')} ${i32(1)}))))`;
  return {
    flop: tiles * tileFlop,
    tile: module(...pieces(plan), tile(one), runs(plan, alone)),
    packing: all(packing),
    nothing: all(''),
  };
}
