/**
 * Packing, as WebAssembly text for one shape: Ap[k][0..mr] = op(A)[i..i+mr, k], and Bp[k][0..nr] = op(B)[k, j..j+nr].
 *
 * Shapes   both are one job: `lanes` lines of `depth` floats, `line` bytes apart, each float `step` bytes from the last, become
 *          `depth` rows of `lanes` floats, `row` bytes apart. Columns from `lanes` up to the row's end are left as they are.
 * Expects  a copy where the stored rows run along the panel's own direction, 4x4 transposes in registers where across.
 * Source   BLIS, packm.
 */
import { shuffle } from './lanes.ts';
import { advance, each, func, get, loadLanes, repeat, set, storeLanes, vectors } from './wat.ts';

export interface Pack {
  readonly name: string;
  readonly lanes: number;
  readonly depth: number;
  readonly line: number;
  readonly step: number;
  readonly row: number;
}

/** (func $name (param $from i32) (param $to i32)) */
export function pack(job: Pack): string {
  return job.line === 4 ? copied(job) : transposed(job);
}

/** The lines lie side by side: each row of the panel is a stretch of memory. */
function copied({ name, lanes, depth, step, row }: Pack): string {
  const parts = vectors(lanes);
  const locals = Object.fromEntries(parts.map((_, q) => [`v${q}`, 'v128']));
  return func({
    name,
    params: { from: 'i32', to: 'i32' },
    locals: { k: 'i32', ...locals },
    body: repeat(
      'k',
      depth,
      [
        ...parts.map((part, q) => set(`v${q}`, loadLanes('from', 16 * q, part))),
        // From the right, as then two stores of 128 bits are one of 256.
        ...parts.map((part, q) => storeLanes('to', 16 * q, part, `v${q}`)).reverse(),
        advance('from', step),
        advance('to', row),
      ].join('\n'),
    ),
  });
}

/** Each line is a stretch of memory: four floats of up to four lines are turned at a time. */
function transposed({ name, lanes, depth, line, row }: Pack): string {
  const groups = vectors(lanes).map((count, g) => ({ count, first: 4 * g }));
  const locals = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((local) => [local, 'v128']);
  const turns = Math.floor(depth / 4);
  const four = groups.map(({ count, first }) => turn(count, first * line, line, 4 * first, row));
  const one = groups.map(({ count, first }) =>
    each(count, (p) => {
      const float = `(f32.load offset=${(first + p) * line} ${get('from')})`;
      return `(f32.store offset=${4 * (first + p)} ${get('to')} ${float})`;
    }),
  );
  return func({
    name,
    params: { from: 'i32', to: 'i32' },
    locals: { k: 'i32', ...Object.fromEntries(locals) },
    body: `
      ${repeat('k', turns, [...four, advance('from', 16), advance('to', 4 * row)].join('\n'))}
      ${repeat('k', depth % 4, [...one, advance('from', 4), advance('to', row)].join('\n'))}`,
  });
}

function turn(count: number, from: number, line: number, to: number, row: number): string {
  const load = (p: number) => `(v128.load offset=${from + p * line} ${get('from')})`;
  const store = (k: number, vector: string) => storeLanes('to', to + k * row, 4, vector);
  const half = (k: number, lane: number, vector: string) =>
    `(v128.store64_lane offset=${to + k * row} ${lane} ${get('to')} ${get(vector)})`;
  const zip = (x: string, y: string, lanes: readonly number[]) => shuffle(get(x), get(y), lanes);
  const low = [0, 4, 1, 5];
  const high = [2, 6, 3, 7];
  switch (count) {
    case 1:
      return [
        set('a', load(0)),
        each(4, (k) => `(v128.store32_lane offset=${to + k * row} ${k} ${get('to')} ${get('a')})`),
      ].join('\n');
    case 2:
      return [
        ...[set('a', load(0)), set('b', load(1)), set('e', zip('a', 'b', low)), set('f', zip('a', 'b', high))],
        ...[half(0, 0, 'e'), half(1, 1, 'e'), half(2, 0, 'f'), half(3, 1, 'f')],
      ].join('\n');
    case 3: {
      const last = (k: number) => `(v128.store32_lane offset=${to + k * row + 8} ${k} ${get('to')} ${get('c')})`;
      return [turn(2, from, line, to, row), set('c', load(2)), each(4, last)].join('\n');
    }
    default:
      return [
        ...['a', 'b', 'c', 'd'].map((local, p) => set(local, load(p))),
        ...[set('e', zip('a', 'b', low)), set('f', zip('c', 'd', low))],
        ...[set('g', zip('a', 'b', high)), set('h', zip('c', 'd', high))],
        ...[set('a', zip('e', 'f', [0, 1, 4, 5])), set('b', zip('e', 'f', [2, 3, 6, 7]))],
        ...[set('c', zip('g', 'h', [0, 1, 4, 5])), set('d', zip('g', 'h', [2, 3, 6, 7]))],
        ...['a', 'b', 'c', 'd'].map((local, k) => store(k, local)),
      ].join('\n');
  }
}
