/**
 * Rows on panels, for what a training step does row by row: four rows at a time, so that their sums, roots and divisions are one vector,
 * and what is left over one at a time.
 *
 * Shapes   a row is 64 bytes of each panel, `stride` bytes apart; columns that do not exist are zero, and stay so.
 */
import { both, keptFrom, load, shuffle, store } from './lanes.ts';
import { advance, call, countdown, each, func, get, i32, set, words } from './wat.ts';

export const float = (value: number) => `(f32.const ${value})`;
export const filled = (value: number) => `(f32x4.splat ${float(value)})`;

/** Sums of pairs, by name, quantity and row: locals `name{p}_0` and `name{p}_1`. */
export const pairs = (name: string, rows: number) =>
  Array.from({ length: rows }, (_, p) => [`${name}${p}_0`, `${name}${p}_1`]).flat();

/**
 * `$total` = one lane a row of all lanes of its pair, by `join`. The pairs go through memory at `$reduce`: the revectorizer looks for
 * stores. It takes the locals t0 to t3.
 */
export function reduced(name: string, rows: number, join: (a: string, b: string) => string): string {
  const t = (p: number) => get(`t${rows === 1 ? 0 : p}`);
  const zip = (a: string, b: string) => join(shuffle(a, b, [0, 4, 1, 5]), shuffle(a, b, [2, 6, 3, 7]));
  return `
    ${each(rows, (p) => each(2, (q) => store('reduce', 32 * p + 16 * (1 - q), get(`${name}${p}_${1 - q}`))))}
    ${each(rows, (p) => set(`t${p}`, join(load('reduce', 32 * p), load('reduce', 32 * p + 16))))}
    ${set('u0', zip(t(0), t(1)))}
    ${set('u1', zip(t(2), t(3)))}
    ${set('total', join(shuffle(get('u0'), get('u1'), [0, 1, 4, 5]), shuffle(get('u0'), get('u1'), [2, 3, 6, 7])))}`;
}
export const reduceLocals = ['t0', 't1', 't2', 't3', 'u0', 'u1', 'total'];

/** A vector to `rows` floats at `$at`. */
export const keepRows = (rows: number, at: string, offset: number, value: string) =>
  rows === 4 ? store(at, offset, value) : `(v128.store32_lane offset=${offset} 0 ${get(at)} ${value})`;

/** Runs `$name4` on four rows at a time and `$name1` on the rest; each pointer moves on by its bytes a row. */
export function byRows(
  name: string,
  pointers: Readonly<Record<string, number>>,
  fixed: readonly string[] = [],
): string {
  const names = Object.keys(pointers);
  const turn = (rows: number) => `
    ${call(`${name}${rows}`, ...[...names, ...fixed].map(get))}
    ${names.map((pointer) => advance(pointer, rows * pointers[pointer])).join(' ')}`;
  return func({
    name,
    params: words(...names, ...fixed, 'rows'),
    locals: words('left'),
    body: `
      ${set('left', `(i32.div_u ${get('rows')} ${i32(4)})`)}
      ${countdown('left', turn(4))}
      ${set('left', `(i32.rem_u ${get('rows')} ${i32(4)})`)}
      ${countdown('left', turn(1))}`,
  });
}

/** Code for each panel of C; the last one, if ragged, with its number of columns. `pointers` move on by `stride`, `packed` ones by 64. */
export function eachPanel(
  C: number,
  stride: number,
  pointers: readonly string[],
  packed: readonly string[],
  body: (lanes: number) => string,
): string {
  const whole = Math.floor(C / 16);
  const next = `${pointers.map((name) => advance(name, stride)).join(' ')} ${packed.map((name) => advance(name, 64)).join(' ')}`;
  return `
    ${whole > 0 ? `${set('left', i32(whole))} ${countdown('left', `${body(16)} ${next}`)}` : ''}
    ${C % 16 ? body(C % 16) : ''}`;
}

/** Only the first `lanes` of a row are kept. */
export const kept = (lanes: number, q: number, value: string) =>
  lanes >= 4 * q + 4 ? value : both(value, `(v128.load offset=${16 * q} ${i32(keptFrom(lanes - 1))})`);
