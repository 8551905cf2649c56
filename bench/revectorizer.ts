/**
 * What V8's revectorizer packs to 256 bits, and what that is worth: kernels that differ in one thing each, their machine code read
 * and their speed measured with the flag and without. Written into kernels/sgemm/table.md between markers.
 *
 * Run: node bench/revectorizer.ts [--print]          the tables, in a minute
 *      node bench/revectorizer.ts CANDIDATE [--case CASE] [--trace]
 *                                                     the loops of a candidate as V8 compiled them; or what the revectorizer said
 */

import { build } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { compile } from '../src/compiler/compile.ts';
import { revectorize } from '../src/contract/candidate.ts';
import { NfoldError } from '../src/contract/errors.ts';
import { compiled, machineCode } from '../src/inspect/code.ts';
import { describe } from '../src/machine/describe.ts';
import { acceptsFlag, machine, runtime } from '../src/machine/fingerprint.ts';
import { digits } from '../src/report/format.ts';
import { Io } from '../src/report/output.ts';
import { markdownTable } from '../src/report/table.ts';
import { parseOptions } from './options.ts';
import { fill } from './page.ts';
import { inner, loops } from './revectorizer/code.ts';
import { copies, operations } from './revectorizer/loops.ts';
import { Rates } from './revectorizer/rates.ts';
import { type Shape, shapes, tiles } from './revectorizer/tiles.ts';

const page = 'kernels/sgemm/table.md';
const trace = '--trace-wasm-revectorize';
const sweeps = 6;

const { values: options, positionals } = parseOptions({
  allowPositionals: true,
  options: { print: { type: 'boolean' }, case: { type: 'string' }, trace: { type: 'boolean' } },
});
try {
  if (process.arch !== 'x64' || !acceptsFlag(revectorize))
    throw new NfoldError(`V8 has a revectorizer on x64 only, and behind ${revectorize}: this Node has none`);
  const [id] = positionals;
  if (id !== undefined) await show(id);
  else await tables();
} catch (error) {
  if (!(error instanceof NfoldError)) throw error;
  console.error(error.sentence);
  process.exitCode = error.exitCode;
}

/** The loops with vector arithmetic in them, as machine code. */
async function show(id: string): Promise<void> {
  const file = scan().candidates.find((candidate) => candidate.id === id);
  if (!file) throw new NfoldError(`no candidate is called '${id}'; 'npx nfold list' names them`);
  const op = await loadOp(file.op);
  const name = options.case ?? op.caseName(op.cases[0]);
  const found = op.cases.find((c) => op.caseName(c) === name);
  if (!found) throw new NfoldError(`${file.op} has no case '${name}'; 'npx nfold list' names them`);
  const { artifact, flags } = await build(file);
  const made = await artifact(found.dims);
  if (made.kind !== 'wasm') throw new NfoldError(`${id} is JavaScript: there is no WebAssembly code to show`);
  if (options.trace) return console.log(await compiled(made.bytes, [revectorize, trace]));
  const all = loops((await machineCode(made.bytes, flags)) ?? '').filter(({ wide, narrow }) => wide + narrow > 0);
  for (const { instructions, wide, narrow, joins, spills } of all)
    console.log(
      `${wide} operations of 256 bits, ${narrow} of 128, ${joins} joins, ${spills} spills\n  ${instructions.join('\n  ')}\n`,
    );
}

async function tables(): Promise<void> {
  const io = new Io(process);
  const rates = new Rates();
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    for (const shape of [...shapes, ...tiles]) {
      io.progress({ op: `sweep ${sweep} of ${sweeps}`, stage: shape.what });
      for (const flags of [[revectorize], []]) rates.take(shape, await assemble(shape.module), flags);
    }
  }
  const rows: string[][] = [];
  for (const shape of shapes) {
    io.progress({ stage: shape.what });
    rows.push([shape.what, ...(await measured(shape, rates))]);
  }
  const sizes: string[][] = [];
  for (const shape of tiles) {
    io.progress({ stage: `tile ${shape.what}` });
    sizes.push([shape.what, ...(await sized(shape, rates))]);
  }
  const byType = new Map<string, { readonly packed: string[]; readonly left: string[] }>();
  for (const [name, text] of operations) {
    io.progress({ stage: name });
    const loop = inner((await machineCode(await assemble(text), [revectorize])) ?? '');
    const [type, operation] = name.split('.');
    const { packed, left } = byType.getOrInsert(type, { packed: [], left: [] });
    (loop !== null && loop.wide > 0 && loop.narrow === 0 ? packed : left).push(operation);
  }
  const copied: string[][] = [];
  for (const [name, text] of copies) {
    const code = (await machineCode(await assemble(text), [revectorize])) ?? '';
    copied.push([name, /vmov\w+ ymm\d+,\[/.test(code) ? 'yes' : 'no', stores(code)]);
  }
  io.endProgress();
  const text = [
    'A 6x16 tile, 24 sums of 128 bits, changed in one thing at a time. Counted are operations and joins of halves in the loop that',
    'sums, with what did not fit the registers (spills), and all stores of the tile; Gflop/s are of one thread, everything in L1.',
    '',
    markdownTable(
      [
        'shape of the code',
        'packed',
        '256-bit',
        '128-bit',
        'joins',
        'spills',
        'stores 256 + 128',
        'Gflop/s',
        'without the flag',
      ],
      rows,
    ),
    '',
    'Tiles of fused multiply-adds by size:',
    '',
    markdownTable(['MR x NR', 'spills', 'Gflop/s', 'spills with the flag', 'Gflop/s with the flag'], sizes),
    '',
    'Copies of 32 bytes a turn:',
    '',
    markdownTable(['copy', 'packed', 'stores 256 + 128'], copied),
    '',
    'Operations, in a loop that does one to all of an array:',
    '',
    markdownTable(
      ['type', 'packed', 'not packed'],
      [...byType].map(([type, { packed, left }]) => [type, packed.join(', '), left.join(', ') || '-']),
    ),
    '',
    `*${new Date().toISOString().slice(0, 10)}; ${describe(machine(), runtime())}; \`node bench/revectorizer.ts\`.*`,
  ].join('\n');
  console.log(text);
  if (options.print) return;
  fill(page, 'revectorizer', `\n${text}\n`);
  console.log(`\nWritten to ${page}.`);
}

function assemble(text: string): Promise<Uint8Array> {
  return compile({ type: 'wat', text });
}

async function measured(shape: Shape, rates: Rates): Promise<string[]> {
  const bytes = await assemble(shape.module);
  const code = (await machineCode(bytes, [revectorize])) ?? '';
  const loop = inner(code);
  if (!loop) throw new Error(`no loop found in '${shape.what}'`);
  const { wide, narrow, joins, spills } = loop;
  const verdict = wide === 0 ? 'no' : narrow === 0 ? 'yes' : 'in part';
  return [
    verdict,
    ...[wide, narrow, joins, spills].map(String),
    stores(code),
    digits(rates.of(shape, [revectorize])),
    digits(rates.of(shape, [])),
  ];
}

/** Vectors stored, other than to the stack, at 256 and at 128 bits. */
function stores(code: string): string {
  const [wide, narrow] = ['ymm', 'xmm'].map((register) =>
    code.match(new RegExp(`vmov\\w+ \\[(?!rbp).*,${register}`, 'g')),
  );
  return `${wide?.length ?? 0} + ${narrow?.length ?? 0}`;
}

async function sized(shape: Shape, rates: Rates): Promise<string[]> {
  const bytes = await assemble(shape.module);
  const cells = [[], [revectorize]].map(async (flags) => {
    const loop = inner((await machineCode(bytes, flags)) ?? '');
    return [`${loop?.spills ?? '-'}`, digits(rates.of(shape, flags))];
  });
  return (await Promise.all(cells)).flat();
}
