/**
 * Register tiles that differ from one another in one thing each, to see what V8's revectorizer packs.
 *
 *   sums[p][q] += a[k][p] * b[k][q] for 256 steps of k, all in L1; then the sums are stored
 */
import { advance, each, func, get, i32, module, repeat, set } from '../../kernels/common/wat.ts';

/** What each hook returns is WebAssembly text; the default is what the fast candidates do. */
interface Tile {
  readonly rows: number;
  /** Vectors of four to a row. */
  readonly width: number;
  start(sum: string, row: number, vector: number): string;
  /** Vector q of a step of B. */
  loadB(q: number): string;
  /** The number of row p of A, in all lanes, for vector q. */
  spread(p: number, q: number): string;
  combine(sum: string, a: string, b: string): string;
  /** What is done with each sum when it has been summed up. */
  finish(sums: readonly (readonly string[])[]): string;
}

const depth = 256;
const rowBytes = 256;
export const flopOf = ({ rows, width }: Pick<Tile, 'rows' | 'width'>): number => 2 * rows * width * 4 * depth;

export const store = (sum: string, offset: number, address = 'c') =>
  `(v128.store offset=${offset} ${get(address)} ${sum})`;
const at = (p: number, q: number) => p * rowBytes + 16 * q;
const inOrder: Tile['finish'] = (sums) =>
  sums.flatMap((row, p) => row.map((sum, q) => store(get(sum), at(p, q)))).join('\n');

const plain: Tile = {
  rows: 6,
  width: 4,
  start: () => '',
  loadB: (q) => `(v128.load offset=${16 * q} ${get('b')})`,
  spread: (p) => `(v128.load32_splat offset=${4 * p} ${get('a')})`,
  combine: (sum, a, b) => `(f32x4.relaxed_madd ${a} ${b} ${sum})`,
  finish: inOrder,
};

function tile(changes: Partial<Tile>): string {
  const { rows, width, start, loadB, spread, combine, finish } = { ...plain, ...changes };
  const sums = Array.from({ length: rows }, (_, p) => Array.from({ length: width }, (_, q) => `s${p}_${q}`));
  const perVector = changes.spread !== undefined && spread(0, 0) !== spread(0, 1);
  const step = `
    ${each(width, (q) => set(`b${q}`, loadB(q)))}
    ${each(rows, (p) => {
      const a = perVector ? '' : set('x', spread(p, 0));
      return `${a} ${each(width, (q) => set(sums[p][q], combine(get(sums[p][q]), perVector ? spread(p, q) : get('x'), get(`b${q}`))))}`;
    })}
    ${advance('a', 4 * rows)}
    ${advance('b', 16 * width)}`;
  const vectors = ['x', ...Array.from({ length: width }, (_, q) => `b${q}`), ...sums.flat()];
  return module(
    func({
      name: 'tile',
      params: { a: 'i32', b: 'i32', c: 'i32' },
      locals: { k: 'i32', number: 'f32', ...Object.fromEntries(vectors.map((name) => [name, 'v128'])) },
      body: `
        ${sums.flatMap((row, p) => row.map((sum, q) => start(sum, p, q))).join('\n')}
        ${repeat('k', depth, step)}
        ${finish(sums)}`,
    }),
    calls(`(call $tile ${i32(0)} ${i32(1 << 14)} ${i32(1 << 16)})`),
  );
}

/** run(turns) */
export function calls(body: string): string {
  return func({
    name: 'run',
    exported: true,
    params: { turns: 'i32' },
    body: `(loop $again ${body} (br_if $again (local.tee $turns (i32.sub ${get('turns')} ${i32(1)}))))`,
  });
}

export interface Shape {
  readonly what: string;
  readonly rows: number;
  readonly width: number;
  readonly module: string;
}

const shape = (what: string, changes: Partial<Tile> = {}): Shape => {
  const { rows, width } = { ...plain, ...changes };
  return { what, rows, width, module: tile(changes) };
};

const byColumn: Tile['finish'] = (sums) =>
  sums[0].flatMap((_, q) => sums.map((row, p) => store(get(row[q]), at(p, q)))).join('\n');
const added = (finish: Tile['finish'], sums: Parameters<Tile['finish']>[0], row: (p: number, q: number) => string) =>
  `${sums.flatMap((line, p) => line.map((sum, q) => set(sum, row(p, q)))).join('\n')} ${finish(sums)}`;
const withC = (sum: string, p: number, q: number) =>
  `(f32x4.add ${get(sum)} (v128.load offset=${at(p, q)} ${get('c')}))`;
const reversed = (q: number) => (q % 2 === 0 ? q + 1 : q - 1);
export const bytesOf = (lanes: readonly number[]) =>
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)).join(' ');

const apart = { combine: (sum: string, a: string, b: string) => `(f32x4.add ${sum} (f32x4.mul ${a} ${b}))` };

/** No vector is stored: what is left of the sums is one number. */
const reduced =
  (add: string, type: string): Tile['finish'] =>
  (sums) =>
    `
    ${sums.map(([a, b, c, d]) => set(a, `(${add} (${add} ${get(a)} ${get(b)}) (${add} ${get(c)} ${get(d)}))`)).join('\n')}
    (${type}.store ${get('c')} ${sums.map(([a]) => `(${add.slice(0, 5)}.extract_lane 0 ${get(a)})`).reduce((x, y) => `(${type}.add ${x} ${y})`)})`;

/** A 6x16 tile in 24 sums, in the shapes that such code comes in. */
export const shapes: readonly Shape[] = [
  shape('sums from a zero constant, stored in pairs, the lower half first'),
  shape('the upper half stored first', {
    finish: (sums) =>
      sums.flatMap((row, p) => row.map((_, q) => store(get(row[reversed(q)]), at(p, reversed(q))))).join('\n'),
  }),
  shape('stores column by column of vectors', { finish: byColumn }),
  shape('stores 32 bytes apart: no two side by side', {
    finish: (sums) => sums.flatMap((row, p) => row.map((sum, q) => store(get(sum), 2 * at(p, q)))).join('\n'),
  }),
  shape('addresses from i32.add, not from offset=', {
    finish: (sums) =>
      sums
        .flatMap((row, p) => row.map((sum, q) => `(v128.store (i32.add ${get('c')} ${i32(at(p, q))}) ${get(sum)})`))
        .join('\n'),
  }),
  shape('sums from loads of C', {
    start: (sum, p, q) => set(sum, `(v128.load offset=${at(p, q)} ${get('c')})`),
  }),
  shape('sums from f32x4.splat of a number in a local', {
    start: (sum, p, q) => {
      const number = p + q === 0 ? set('number', `(f32.load ${get('c')})`) : '';
      return `${number} ${set(sum, `(f32x4.splat ${get('number')})`)}`;
    },
  }),
  shape('the same number loaded anew for each splat', {
    start: (sum) => set(sum, `(f32x4.splat (f32.load ${get('c')}))`),
  }),
  shape('C added at the end, all loads before the first store', {
    finish: (sums) => added(inOrder, sums, (p, q) => withC(sums[p][q], p, q)),
  }),
  shape('C added at the end, row by row: load, add, store', {
    finish: (sums) =>
      sums
        .map((row, p) => {
          const values = row.map((sum, q) => set(sum, withC(sum, p, q)));
          return [...values, ...row.map((sum, q) => store(get(sum), at(p, q)))].join('\n');
        })
        .join('\n'),
  }),
  shape('C added at the end, vector by vector: load, add, store', {
    finish: (sums) => sums.flatMap((row, p) => row.map((sum, q) => store(withC(sum, p, q), at(p, q)))).join('\n'),
  }),
  shape('an if at the end, with stores in both branches', {
    finish: (sums) =>
      `(if (i32.load offset=4096 ${get('c')}) (then ${added(inOrder, sums, (p, q) => withC(sums[p][q], p, q))}) (else ${inOrder(sums)}))`,
  }),
  shape('an if at the end that changes the sums, the stores behind it', {
    finish: (sums) =>
      `(if (i32.load offset=4096 ${get('c')}) (then ${added(
        () => '',
        sums,
        (p, q) => withC(sums[p][q], p, q),
      )})) ${inOrder(sums)}`,
  }),
  shape('no stores: the sums of a row added up, then a lane of each', { finish: reduced('f32x4.add', 'f32') }),
  shape('no stores, in integers: i32x4.mul and i32x4.add', {
    combine: (sum, a, b) => `(i32x4.add ${sum} (i32x4.mul ${a} ${b}))`,
    finish: reduced('i32x4.add', 'i32'),
  }),
  shape('a lane of each row read as well', {
    finish: (sums) => `
      (f32.store offset=8192 ${get('c')} ${sums.map(([, b]) => `(f32x4.extract_lane 0 ${get(b)})`).reduce((x, y) => `(f32.add ${x} ${y})`)})
      ${inOrder(sums)}`,
  }),
  shape('B from 4 bytes further on: not aligned', { loadB: (q) => `(v128.load offset=${4 + 16 * q} ${get('b')})` }),
  shape('halves of B 64 bytes apart', {
    loadB: (q) => `(v128.load offset=${q % 2 === 0 ? 16 * (q / 2) : 64 + 16 * ((q - 1) / 2)} ${get('b')})`,
  }),
  shape('halves of B the wrong way round', { loadB: (q) => `(v128.load offset=${16 * reversed(q)} ${get('b')})` }),
  shape('A by f32x4.splat of f32.load', { spread: (p) => `(f32x4.splat (f32.load offset=${4 * p} ${get('a')}))` }),
  shape('A by a shuffle of a vector load', {
    rows: 4,
    spread: (p) => `(i8x16.shuffle ${bytesOf([p, p, p, p])} (v128.load ${get('a')}) (v128.load ${get('a')}))`,
  }),
  shape('another A for each half', {
    spread: (p, q) => `(v128.load32_splat offset=${4 * p + 4 * (q % 2)} ${get('a')})`,
  }),
  shape('multiply and add apart', apart),
  shape('f32x4.max of the sum and the product', { combine: (sum, a, b) => `(f32x4.max ${sum} (f32x4.mul ${a} ${b}))` }),
  shape('f32x4.relaxed_max of the sum and the product', {
    combine: (sum, a, b) => `(f32x4.relaxed_max ${sum} (f32x4.mul ${a} ${b}))`,
  }),
  shape('a compare and a bitselect in each step', {
    combine: (sum, a, b) => `(f32x4.add ${sum} (v128.bitselect ${a} ${b} (f32x4.lt ${a} ${b})))`,
  }),
  shape('select of vectors by a condition in each step', {
    combine: (sum, a, b) => `(f32x4.relaxed_madd ${a} (select ${b} ${a} ${get('k')}) ${sum})`,
  }),
];

/** Tiles of mr x nr floats of fused multiply-adds, and some of multiply and add. */
export const tiles: readonly Shape[] = [
  ...[
    ...[4, 5, 6, 7].map((rows) => [rows, 2]),
    ...[3, 4].map((rows) => [rows, 3]),
    ...[3, 4, 5, 6, 7].map((rows) => [rows, 4]),
    ...[3, 4].map((rows) => [rows, 6]),
  ].map(([rows, width]) => shape(`${rows}x${4 * width}`, { rows, width })),
  ...[
    [4, 2],
    [5, 2],
    [4, 4],
    [5, 4],
  ].map(([rows, width]) => shape(`${rows}x${4 * width}, multiply and add`, { rows, width, ...apart })),
];
