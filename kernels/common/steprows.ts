/**
 * What a training step does row by row on panels: the embedding, layernorm forward and backward, cross-entropy. Four rows at a time, so
 * that their sums, roots and divisions are one vector; what is left over one at a time.
 *
 * Shapes   a row is 64 bytes of each panel, `stride` bytes apart; columns from C (or V) on are zero, and stay so.
 * Numerics variance from a second pass; eps 1e-5 inside the root. Source: Ba et al. 2016, arXiv:1607.06450.
 */
import { both, exp2, expLocals, fma, four, keptFrom, larger, load, loadRow, minus, over, root, shuffle, splat, store, storeRow, sum, times } from './lanes.ts';
import type { Layout } from './steplayout.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, sub, vecs, when, words } from './wat.ts';

const float = (value: number) => `(f32.const ${value})`;
const filled = (value: number) => `(f32x4.splat ${float(value)})`;

/** Sums of pairs, by name, quantity and row: locals `name{p}_0` and `name{p}_1`. */
const pairs = (name: string, rows: number) => Array.from({ length: rows }, (_, p) => [`${name}${p}_0`, `${name}${p}_1`]).flat();

/**
 * `$total` = one lane a row of all lanes of its pair, by `join`. The pairs go through memory at `$reduce`: the revectorizer looks for
 * stores. It takes the locals t0 to t3.
 */
function reduced(name: string, rows: number, join: (a: string, b: string) => string): string {
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
export { pairs, reduced };

/** A vector to `rows` floats at `$at`. */
const keepRows = (rows: number, at: string, offset: number, value: string) =>
  rows === 4 ? store(at, offset, value) : `(v128.store32_lane offset=${offset} 0 ${get(at)} ${value})`;

/** Runs `$name4` on four rows at a time and `$name1` on the rest; each pointer moves on by its bytes a row. */
export function byRows(name: string, pointers: Readonly<Record<string, number>>, fixed: readonly string[] = []): string {
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
function eachPanel(C: number, stride: number, pointers: readonly string[], packed: readonly string[], body: (lanes: number) => string): string {
  const whole = Math.floor(C / 16);
  const next = `${pointers.map((name) => advance(name, stride)).join(' ')} ${packed.map((name) => advance(name, 64)).join(' ')}`;
  return `
    ${whole > 0 ? `${set('left', i32(whole))} ${countdown('left', `${body(16)} ${next}`)}` : ''}
    ${C % 16 ? body(C % 16) : ''}`;
}

/** Only the first `lanes` of a row are kept. */
const kept = (lanes: number, q: number, value: string) =>
  lanes >= 4 * q + 4 ? value : both(value, `(v128.load offset=${16 * q} ${i32(keptFrom(lanes - 1))})`);

export function layernorms({ C, stride, vector: statsStep }: Layout, reduceAt: string): string {
  const locals = (rows: number, ...names: readonly string[]) => ({
    ...words('reduce', 'left', 'a', 'g', 'o', 'w0', 'b0', 'z'),
    ...vecs(...names.flatMap((name) => pairs(name, rows)), ...reduceLocals, ...['x', 'w', 'b', 'd', 'e'].flatMap((name) => four.map((q) => `${name}_${q}`)), 'mean', 'scale', 'm', 'level', 'along'),
  });
  const zeroPairs = (name: string, rows: number) => pairs(name, rows).map((one) => set(one, filled(0))).join(' ');
  const centered = (p: number, lanes: number, at = 'a') => each(4, (q) => set(`x_${q}`, kept(lanes, q, minus(load(at, 64 * p + 16 * q), get('m')))));

  const forward = (rows: number) =>
    func({
      name: `normalize${rows}`,
      params: words('x', 'out', 'stats', 'w', 'b'),
      locals: locals(rows, 's'),
      body: `
        ${set('reduce', reduceAt)}
        ${zeroPairs('s', rows)}
        ${set('a', get('x'))}
        ${eachPanel(C, stride, ['a'], [], () => each(rows, (p) => each(2, (h) => each(2, (q) => set(`s${p}_${q}`, sum(get(`s${p}_${q}`), load('a', 64 * p + 32 * h + 16 * q)))))))}
        ${reduced('s', rows, sum)}
        ${set('mean', over(get('total'), filled(C)))}
        ${store('reduce', 256, get('mean'))}
        ${zeroPairs('s', rows)}
        ${set('a', get('x'))}
        ${eachPanel(C, stride, ['a'], [], (lanes) => each(rows, (p) => `
          ${set('m', splat('reduce', 256 + 4 * p))} ${centered(p, lanes)}
          ${each(2, (h) => each(2, (q) => set(`s${p}_${q}`, fma(get(`x_${2 * h + q}`), get(`x_${2 * h + q}`), get(`s${p}_${q}`)))))}`))}
        ${reduced('s', rows, sum)}
        ${set('scale', over(filled(1), root(sum(over(get('total'), filled(C)), filled(1e-5)))))}
        ${store('reduce', 272, get('scale'))}
        ${keepRows(rows, 'stats', 0, get('mean'))}
        ${keepRows(rows, 'stats', statsStep, get('scale'))}
        ${set('a', get('x'))} ${set('o', get('out'))} ${set('w0', get('w'))} ${set('b0', get('b'))}
        ${eachPanel(C, stride, ['a', 'o'], ['w0', 'b0'], (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))} ${each(4, (q) => set(`b_${q}`, loadRow('b0', lanes)(q)))}
          ${each(rows, (p) => `
            ${set('m', splat('reduce', 256 + 4 * p))} ${centered(p, 16)}
            ${set('level', splat('reduce', 272 + 4 * p))}
            ${each(4, (q) => set(`x_${q}`, fma(times(get(`x_${q}`), get('level')), get(`w_${q}`), get(`b_${q}`))))}
            ${storeRow('o', 64 * p, (q) => get(`x_${q}`))}`)}`)}`,
    });

  const backward = (rows: number, past: boolean) =>
    func({
      name: `${past ? 'normBack' : 'normBackLast'}${rows}`,
      params: words('dx', 'd', 'x', 'stats', ...(past ? ['past'] : []), 'w'),
      locals: locals(rows, 's', 'c'),
      body: `
        ${set('reduce', reduceAt)}
        ${zeroPairs('s', rows)} ${zeroPairs('c', rows)}
        ${set('a', get('x'))} ${set('g', get('d'))} ${set('w0', get('w'))}
        ${eachPanel(C, stride, ['a', 'g'], ['w0'], (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))}
          ${each(rows, (p) => `
            ${set('m', splat('stats', 4 * p))} ${centered(p, 16)}
            ${each(4, (q) => set(`d_${q}`, times(load('g', 64 * p + 16 * q), get(`w_${q}`))))}
            ${each(2, (h) => each(2, (q) => set(`s${p}_${q}`, sum(get(`s${p}_${q}`), get(`d_${2 * h + q}`)))))}
            ${each(2, (h) => each(2, (q) => set(`c${p}_${q}`, fma(get(`d_${2 * h + q}`), get(`x_${2 * h + q}`), get(`c${p}_${q}`)))))}`)}`)}
        ${reduced('s', rows, sum)}
        ${set('level', over(get('total'), filled(C)))}
        ${store('reduce', 256, get('level'))}
        ${reduced('c', rows, sum)}
        ${set('scale', rows === 4 ? load('stats', statsStep) : splat('stats', statsStep))}
        ${store('reduce', 272, times(over(get('total'), filled(C)), times(get('scale'), get('scale'))))}
        ${set('a', get('x'))} ${set('g', get('d'))} ${set('o', get('dx'))} ${set('w0', get('w'))} ${past ? set('z', get('past')) : ''}
        ${eachPanel(C, stride, ['a', 'g', 'o', ...(past ? ['z'] : [])], ['w0'], (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))}
          ${each(rows, (p) => `
            ${set('m', splat('stats', 4 * p))} ${set('scale', splat('stats', statsStep + 4 * p))}
            ${set('level', splat('reduce', 256 + 4 * p))} ${set('along', splat('reduce', 272 + 4 * p))}
            ${centered(p, 16)}
            ${each(4, (q) => set(`d_${q}`, minus(times(load('g', 64 * p + 16 * q), get(`w_${q}`)), get('level'))))}
            ${each(4, (q) => set(`d_${q}`, minus(get(`d_${q}`), times(get(`x_${q}`), get('along')))))}
            ${each(4, (q) => set(`d_${q}`, kept(lanes, q, past ? fma(get(`d_${q}`), get('scale'), load('z', 64 * p + 16 * q)) : times(get(`d_${q}`), get('scale')))))}
            ${storeRow('o', 64 * p, (q) => get(`d_${q}`))}`)}`)}`,
    });
  return [
    ...[4, 1].flatMap((rows) => [forward(rows), backward(rows, true), backward(rows, false)]),
    byRows('normalize', { x: 64, out: 64, stats: 4 }, ['w', 'b']),
    byRows('normBack', { dx: 64, d: 64, x: 64, stats: 4, past: 64 }, ['w']),
    byRows('normBackLast', { dx: 64, d: 64, x: 64, stats: 4 }, ['w']),
  ].join('\n');
}

/** $embed: rows $x = wte[token] + wpe[position], from row $r on, $rows of them. */
export function embedding({ C, T, stride, wpe, weights }: Layout): string {
  return func({
    name: 'embed',
    params: words('x', 'tokens', 'r', 'rows'),
    locals: { ...words('t', 'e', 'o', 'left'), ...vecs(...four.map((q) => `x_${q}`)) },
    body: countdown(
      'rows',
      `${set('t', add(add('(global.get $p)', i32(weights.wte.at)), scaled(`(i32.load ${get('tokens')})`, 4 * C)))}
      ${set('e', add(add('(global.get $p)', i32(wpe)), scaled(`(i32.rem_u ${get('r')} ${i32(T)})`, 4 * C)))}
      ${set('o', get('x'))}
      ${eachPanel(C, stride, ['o'], ['t', 'e'], (lanes) => `
        ${each(4, (q) => set(`x_${q}`, sum(loadRow('t', lanes)(q), loadRow('e', lanes)(q))))} ${storeRow('o', 0, (q) => get(`x_${q}`))}`)}
      ${advance('x', 64)} ${advance('tokens', 4)} ${advance('r', 1)}`,
    ),
  });
}

/**
 * Softmax of rows in place, by three passes over `panels`: the maximum, exp and the sum, the scale. `each` says how a panel of a row is kept:
 * `whole` panels as they are, the last one by the mask of row p.
 */
function softmaxOf(rows: number, panels: (body: (masked: boolean) => string) => string, mask: (p: number, q: number) => string, scale: number, total: string): string {
  const least = filled(-3e38);
  const value = (p: number, q: number) => load('a', 64 * p + 16 * q);
  return `
    ${pairs('s', rows).map((one) => set(one, least)).join(' ')}
    ${set('a', get('x'))}
    ${panels((masked) => each(rows, (p) => each(2, (h) => each(2, (i) => {
      const q = 2 * h + i;
      const x = masked ? `(v128.bitselect ${value(p, q)} ${least} ${mask(p, q)})` : value(p, q);
      return set(`s${p}_${i}`, larger(get(`s${p}_${i}`), x));
    }))))}
    ${reduced('s', rows, larger)}
    ${store('reduce', 256, get('total'))}
    ${pairs('s', rows).map((one) => set(one, filled(0))).join(' ')}
    ${set('a', get('x'))}
    ${panels((masked) => each(rows, (p) => `
      ${set('m', splat('reduce', 256 + 4 * p))}
      ${each(4, (q) => set(`x_${q}`, times(minus(value(p, q), get('m')), filled(scale * Math.LOG2E))))}
      ${(globalThis as any).VAR === 'two' ? exp2('x_', [0, 1], false) + exp2('x_', [2, 3], false) : exp2('x_', four, false)}
      ${masked ? each(4, (q) => set(`x_${q}`, both(get(`x_${q}`), mask(p, q)))) : ''}
      ${each(4, (q) => set(`s${p}_${q % 2}`, sum(get(`s${p}_${q % 2}`), get(`x_${q}`))))}
      ${storeRow('a', 64 * p, (q) => get(`x_${q}`))}`))}
    ${reduced('s', rows, sum)}
    ${total}
    ${store('reduce', 272, get('scale'))}
    ${set('a', get('x'))}
    ${panels(() => each(rows, (p) => `
      ${set('m', splat('reduce', 272 + 4 * p))}
      ${each(4, (q) => set(`x_${q}`, times(value(p, q), get('m'))))} ${storeRow('a', 64 * p, (q) => get(`x_${q}`))}`))}`;
}
const softmaxLocals = (rows: number) => ({
  ...words('reduce', 'left', 'a'),
  ...vecs(...pairs('s', rows), ...reduceLocals, ...expLocals, ...four.map((q) => `x_${q}`), 'm', 'scale'),
});

/** $soften: rows $t to $t + $rows - 1 of one head's scores become probabilities, zero behind the diagonal to the end of its panel. */
export function causalSoftmax({ hs, headStride }: Layout, reduceAt: string): string {
  const one = (rows: number) => {
    const panels = (body: (masked: boolean) => string) => `
      ${set('left', `(i32.shr_u ${get('t')} ${i32(4)})`)}
      ${countdown('left', `${body(false)} ${advance('a', headStride)}`)}
      ${body(true)}`;
    const mask = (p: number, q: number) => load('kept', 4 * (rows - 1 - p) + 16 * q);
    return func({
      name: `soften${rows}`,
      params: words('x', 't'),
      locals: { ...softmaxLocals(rows), ...words('kept') },
      body: `
        ${set('reduce', reduceAt)}
        ${set('kept', sub(i32(keptFrom(0) - 4 * (rows - 1)), `(i32.shl (i32.and ${get('t')} ${i32(15)}) ${i32(2)})`))}
        ${softmaxOf(rows, panels, mask, 1 / Math.sqrt(hs), set('scale', over(filled(1), get('total'))))}`,
    });
  };
  return [one(4), one(1), byRows('soften', { x: 64, t: 1 })].join('\n');
}

/** $lose: rows of logits become the gradient of the mean loss by them, and each row's loss goes to $losses. */
export function crossentropy({ V, R, stride }: Layout, reduceAt: string): string {
  const one = (rows: number) => {
    const panels = (body: (masked: boolean) => string) => eachPanel(V, stride, ['a'], [], (lanes) => body(lanes < 16));
    const mask = (_: number, q: number) => `(v128.load offset=${16 * q} ${i32(keptFrom((V % 16) - 1))})`;
    const target = (p: number) => `
      ${set('at', `(i32.load offset=${4 * p} ${get('targets')})`)}
      ${set('at', add(add(add(get('x'), i32(64 * p)), scaled(`(i32.shr_u ${get('at')} ${i32(4)})`, stride)), `(i32.shl (i32.and ${get('at')} ${i32(15)}) ${i32(2)})`))}`;
    const f64 = (offset: number) => `(f64.promote_f32 (f32.load offset=${offset} ${get('reduce')}))`;
    return func({
      name: `lose${rows}`,
      params: words('x', 'targets', 'losses'),
      locals: { ...softmaxLocals(rows), ...words('at') },
      body: `
        ${set('reduce', reduceAt)}
        ${each(rows, (p) => `${target(p)} (f32.store offset=${304 + 4 * p} ${get('reduce')} (f32.load ${get('at')}))`)}
        ${softmaxOf(rows, panels, mask, 1, `${store('reduce', 288, get('total'))} ${set('scale', over(filled(1), times(get('total'), filled(R))))}`)}
        ${each(rows, (p) => `
          ${target(p)}
          (f32.store ${get('at')} (f32.sub (f32.load ${get('at')}) ${float(1 / R)}))
          (f32.store offset=${4 * p} ${get('losses')} (f32.demote_f64 (f64.sub (call $log ${f64(288 + 4 * p)}) (f64.sub ${f64(304 + 4 * p)} ${f64(256 + 4 * p)}))))`)}`,
    });
  };
  return [logarithm(), one(4), one(1), byRows('lose', { x: 64, targets: 4, losses: 4 })].join('\n');
}

/** $log of a normal number: 2^n m, |log m| <= log(2) / 2, and log m = 2 artanh((m - 1) / (m + 1)) by its series to f^19. */
function logarithm(): string {
  const f64 = (value: number) => `(f64.const ${value})`;
  const series = Array.from({ length: 9 }, (_, i) => 19 - 2 * i).reduce((rest, n) => `(f64.mul ${get('q')} (f64.add ${f64(1 / n)} ${rest}))`, f64(0));
  return func({
    name: 'log',
    params: { x: 'f64' },
    result: 'f64',
    locals: { bits: 'i64', n: 'f64', m: 'f64', f: 'f64', q: 'f64' },
    body: `
      ${set('bits', `(i64.reinterpret_f64 ${get('x')})`)}
      ${set('n', `(f64.convert_i64_s (i64.sub (i64.shr_u ${get('bits')} (i64.const 52)) (i64.const 1023)))`)}
      ${set('m', `(f64.reinterpret_i64 (i64.or (i64.and ${get('bits')} (i64.const 0xfffffffffffff)) (i64.const 0x3ff0000000000000)))`)}
      ${when(`(f64.gt ${get('m')} ${f64(Math.SQRT2)})`, `${set('m', `(f64.mul ${get('m')} ${f64(0.5)})`)} ${set('n', `(f64.add ${get('n')} ${f64(1)})`)}`)}
      ${set('f', `(f64.div (f64.sub ${get('m')} ${f64(1)}) (f64.add ${get('m')} ${f64(1)}))`)}
      ${set('q', `(f64.mul ${get('f')} ${get('f')})`)}
      (f64.add (f64.mul ${get('n')} ${f64(Math.LN2)}) (f64.mul (f64.mul ${f64(2)} ${get('f')}) (f64.add ${f64(1)} ${series})))`,
  });
}
