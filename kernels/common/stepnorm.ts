/**
 * The embedding and layernorm of a training step, forward and backward, on panels.
 *
 *   normalize   out = (x - mean) rstd w + b                                      stats: mean, and rstd one vector on
 *   normBack    dx = past + rstd (dn - mean(dn) - n mean(dn n)),  dn = d w,  n = (x - mean) rstd
 *
 * Numerics variance from a second pass; eps 1e-5 inside the root.
 * Source   Ba et al. 2016, arXiv:1607.06450.
 */
import { fma, four, load, loadRow, minus, over, root, splat, store, storeRow, sum, times } from './lanes.ts';
import type { Layout } from './steplayout.ts';
import { byRows, eachPanel, filled, keepRows, kept, pairs, reduced, reduceLocals } from './steprows.ts';
import { add, advance, countdown, each, func, get, i32, scaled, set, vecs, words } from './wat.ts';

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
      ${eachPanel(
        C,
        stride,
        ['o'],
        ['t', 'e'],
        (lanes) => `
        ${each(4, (q) => set(`x_${q}`, sum(loadRow('t', lanes)(q), loadRow('e', lanes)(q))))} ${storeRow('o', 0, (q) => get(`x_${q}`))}`,
      )}
      ${advance('x', 64)} ${advance('tokens', 4)} ${advance('r', 1)}`,
    ),
  });
}

export function layernorms({ C, stride, vector: statsStep }: Layout, reduceAt: string): string {
  const locals = (rows: number, ...names: readonly string[]) => ({
    ...words('reduce', 'left', 'a', 'g', 'o', 'w0', 'b0', 'z'),
    ...vecs(
      ...names.flatMap((name) => pairs(name, rows)),
      ...reduceLocals,
      ...['x', 'w', 'b', 'd', 'e'].flatMap((name) => four.map((q) => `${name}_${q}`)),
      'mean',
      'scale',
      'm',
      'level',
      'along',
    ),
  });
  const zeroPairs = (name: string, rows: number) =>
    pairs(name, rows)
      .map((one) => set(one, filled(0)))
      .join(' ');
  const centered = (p: number, lanes: number, at = 'a') =>
    each(4, (q) => set(`x_${q}`, kept(lanes, q, minus(load(at, 64 * p + 16 * q), get('m')))));

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
        ${eachPanel(C, stride, ['a'], [], (lanes) =>
          each(
            rows,
            (p) => `
          ${set('m', splat('reduce', 256 + 4 * p))} ${centered(p, lanes)}
          ${each(2, (h) => each(2, (q) => set(`s${p}_${q}`, fma(get(`x_${2 * h + q}`), get(`x_${2 * h + q}`), get(`s${p}_${q}`)))))}`,
          ),
        )}
        ${reduced('s', rows, sum)}
        ${set('scale', over(filled(1), root(sum(over(get('total'), filled(C)), filled(1e-5)))))}
        ${store('reduce', 272, get('scale'))}
        ${keepRows(rows, 'stats', 0, get('mean'))}
        ${keepRows(rows, 'stats', statsStep, get('scale'))}
        ${set('a', get('x'))} ${set('o', get('out'))} ${set('w0', get('w'))} ${set('b0', get('b'))}
        ${eachPanel(
          C,
          stride,
          ['a', 'o'],
          ['w0', 'b0'],
          (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))} ${each(4, (q) => set(`b_${q}`, loadRow('b0', lanes)(q)))}
          ${each(
            rows,
            (p) => `
            ${set('m', splat('reduce', 256 + 4 * p))} ${centered(p, 16)}
            ${set('level', splat('reduce', 272 + 4 * p))}
            ${each(4, (q) => set(`x_${q}`, fma(times(get(`x_${q}`), get('level')), get(`w_${q}`), get(`b_${q}`))))}
            ${storeRow('o', 64 * p, (q) => get(`x_${q}`))}`,
          )}`,
        )}`,
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
        ${eachPanel(
          C,
          stride,
          ['a', 'g'],
          ['w0'],
          (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))}
          ${each(
            rows,
            (p) => `
            ${set('m', splat('stats', 4 * p))} ${centered(p, 16)}
            ${each(4, (q) => set(`d_${q}`, times(load('g', 64 * p + 16 * q), get(`w_${q}`))))}
            ${each(2, (h) => each(2, (q) => set(`s${p}_${q}`, sum(get(`s${p}_${q}`), get(`d_${2 * h + q}`)))))}
            ${each(2, (h) => each(2, (q) => set(`c${p}_${q}`, fma(get(`d_${2 * h + q}`), get(`x_${2 * h + q}`), get(`c${p}_${q}`)))))}`,
          )}`,
        )}
        ${reduced('s', rows, sum)}
        ${set('level', over(get('total'), filled(C)))}
        ${store('reduce', 256, get('level'))}
        ${reduced('c', rows, sum)}
        ${set('scale', rows === 4 ? load('stats', statsStep) : splat('stats', statsStep))}
        ${store('reduce', 272, times(over(get('total'), filled(C)), times(get('scale'), get('scale'))))}
        ${set('a', get('x'))} ${set('g', get('d'))} ${set('o', get('dx'))} ${set('w0', get('w'))} ${past ? set('z', get('past')) : ''}
        ${eachPanel(
          C,
          stride,
          ['a', 'g', 'o', ...(past ? ['z'] : [])],
          ['w0'],
          (lanes) => `
          ${each(4, (q) => set(`w_${q}`, loadRow('w0', lanes)(q)))}
          ${each(
            rows,
            (p) => `
            ${set('m', splat('stats', 4 * p))} ${set('scale', splat('stats', statsStep + 4 * p))}
            ${set('level', splat('reduce', 256 + 4 * p))} ${set('along', splat('reduce', 272 + 4 * p))}
            ${centered(p, 16)}
            ${each(4, (q) => set(`d_${q}`, minus(times(load('g', 64 * p + 16 * q), get(`w_${q}`)), get('level'))))}
            ${each(4, (q) => set(`d_${q}`, minus(get(`d_${q}`), times(get(`x_${q}`), get('along')))))}
            ${each(4, (q) => set(`d_${q}`, kept(lanes, q, past ? fma(get(`d_${q}`), get('scale'), load('z', 64 * p + 16 * q)) : times(get(`d_${q}`), get('scale')))))}
            ${storeRow('o', 64 * p, (q) => get(`d_${q}`))}`,
          )}`,
        )}`,
    });
  return [
    ...[4, 1].flatMap((rows) => [forward(rows), backward(rows, true), backward(rows, false)]),
    byRows('normalize', { x: 64, out: 64, stats: 4 }, ['w', 'b']),
    byRows('normBack', { dx: 64, d: 64, x: 64, stats: 4, past: 64 }, ['w']),
    byRows('normBackLast', { dx: 64, d: 64, x: 64, stats: 4 }, ['w']),
  ].join('\n');
}
