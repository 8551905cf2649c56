/**
 * Attention of one head on panels, forward and backward; the masked half is left out by whole panels of 16.
 *
 *   att = softmax(q k^T / sqrt(hs)), causal;  out = att v
 *   dv = att^T dout;  datt = dout v^T;  datt = att (datt - dout . out) / sqrt(hs);  dq = datt k;  dk = datt^T q
 *
 * Shapes   q, k, v, out and their gradients (T,hs), att and datt (T,T), whose panels are `headStride` bytes apart. A head whose columns are
 *          whole panels is worked on where it lies, but for rows of a last panel that is none; another is copied to arrays of its own.
 * Source   Vaswani et al. 2017, arXiv:1706.03762; the row sums of the gradient as in Dao et al. 2022, arXiv:2205.14135.
 */

import { pack } from './gemmpack.ts';
import { fma, four, load, minus, splat, store, storeRow, sum, times } from './lanes.ts';
import { type Layout, panelsOf } from './steplayout.ts';
import { byRows, pairs, reduced, reduceLocals } from './steprows.ts';
import { across, acrossHeights, along, fromZero } from './steptile.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, vecs, words } from './wat.ts';

const plain = { ...fromZero, sNext: i32(0), bias: i32(0) };

export function attention(layout: Layout, reduceAt: string, own: (at: number) => string): string {
  const { T, hs, stride, headStride, isAligned } = layout;
  const [Tp, Hp] = [panelsOf(T), panelsOf(hs)];
  /** From panel to panel of q, k, v, out and their gradients. */
  const step = isAligned ? stride : headStride;
  const groups = Array.from({ length: Tp }, (_, j) => ({
    j,
    at: 16 * j,
    rows: Math.min(16, T - 16 * j),
    below: T - 16 * j,
  }));
  const { steps: u } = layout;
  const turned = own(layout.own.turned);
  const cleared = `(memory.fill ${turned} ${i32(0)} ${i32(1024 * Hp)})`;

  /** For each panel j of keys: `to`[i.., j] = `a` times that panel's rows of `b`, as of the diagonal. */
  const scores = (a: string, b: string, to: string) =>
    groups
      .map(({ j, at, rows, below }) => {
        const turn = (n: number) =>
          call(`turn${rows}`, add(get(b), i32(n * step + 64 * at)), add(turned, i32(1024 * n)));
        return `
        ${rows < 16 ? cleared : ''}
        ${each(Hp, turn)}
        ${along({ ...plain, a: add(get(a), i32(64 * at)), b: turned, c: add(get(to), i32(j * headStride + 64 * at)), turns: i32(Hp), aTurn: i32(step), rows: i32(below), columns: i32(1), bNext: i32(0), cNext: i32(0) })}`;
      })
      .join('\n');
  /** `to` = `a` b, with a zero behind the diagonal. */
  const lower = (a: string, b: string, to: string) =>
    groups
      .map(({ j, at, rows }) => {
        /** From panel `from` of `a` on, so many of them; `part` of b, whose panels of columns lie `bNext` apart. */
        const tiles = (from: number, turns: number, part: string, bNext: number) =>
          along({
            ...plain,
            ...(from > 0 ? { s: add(get(to), i32(64 * at)), sRow: i32(64), sNext: i32(step) } : {}),
            ...{ a: add(get(a), i32(from * headStride + 64 * at)), b: part, c: add(get(to), i32(64 * at)) },
            ...{ turns: i32(turns), aTurn: i32(headStride), rows: i32(rows), columns: i32(Hp) },
            ...{ bNext: i32(bNext), cNext: i32(step) },
          });
        if (rows === 16 || !isAligned) return tiles(0, j + 1, get(b), step);
        // The rows behind the sequence are the next one's, which another thread may be about to write.
        return `
        ${j > 0 ? tiles(0, j, get(b), step) : ''}
        ${cleared}
        ${each(Hp, (n) => `(memory.copy ${add(turned, i32(1024 * n))} ${add(get(b), i32(n * step + 64 * at))} ${i32(64 * rows)})`)}
        ${tiles(j, 1, turned, 1024)}`;
      })
      .join('\n');
  /** `to` = `a`^T b. */
  const upper = (a: string, b: string, to: string) =>
    groups
      .map(({ j, at, rows, below }) =>
        acrossHeights(rows)
          .map(({ mr, from }) =>
            each(Hp, (n) =>
              across(mr, {
                ...{
                  a: add(get(a), i32(j * headStride + 64 * at + 4 * from)),
                  b: add(get(b), i32(n * step + 64 * at)),
                },
                ...{
                  c: add(get(to), i32(n * step + 64 * (at + from))),
                  turns: below / u,
                  steps: u,
                  cRow: 64,
                  ...fromZero,
                },
              }),
            ),
          )
          .join('\n'),
      )
      .join('\n');

  const tails = T % 16 ? [T % 16] : [];
  return [
    ...[...new Set([...(T >= 16 ? [16] : []), ...tails])].map((lanes) =>
      pack({ name: `turn${lanes}`, lanes, depth: 16, line: 64, step: 4, row: 64 }),
    ),
    func({
      name: 'attend',
      params: words('out', 'att', 'q', 'k', 'v'),
      body: `${scores('q', 'k', 'att')} ${call('soften', get('att'), i32(0), i32(T))} ${lower('att', 'v', 'out')}`,
    }),
    dots(layout, reduceAt, step),
    softmaxBack(layout),
    func({
      name: 'attendBack',
      params: words('dq', 'dk', 'dv', 'dout', 'out', 'att', 'q', 'k', 'v'),
      locals: words('datt', 'dots'),
      body: `
        ${set('datt', own(layout.own.datt))} ${set('dots', own(layout.own.dots))}
        ${call('dot', get('dout'), get('out'), get('dots'), i32(T))}
        ${upper('att', 'dout', 'dv')}
        ${scores('dout', 'v', 'datt')}
        ${groups
          .map(({ j, at, below }) => {
            const where = i32(j * headStride + 64 * at);
            return call(
              'softenBack',
              add(get('datt'), where),
              add(get('att'), where),
              add(get('dots'), i32(4 * at)),
              i32(below),
            );
          })
          .join('\n')}
        ${lower('datt', 'k', 'dq')}
        ${upper('datt', 'q', 'dk')}`,
    }),
    heads(layout, own),
  ].join('\n');
}

/** $dot: $dots[t] = sum over the head's columns of $a[t] $b[t]. */
function dots({ hs }: Layout, reduceAt: string, step: number): string {
  const one = (rows: number) =>
    func({
      name: `dot${rows}`,
      params: words('a', 'b', 'dots'),
      locals: { ...words('reduce'), ...vecs(...pairs('s', rows), ...reduceLocals) },
      body: `
        ${set('reduce', reduceAt)}
        ${pairs('s', rows)
          .map((name) => set(name, '(f32x4.splat (f32.const 0))'))
          .join(' ')}
        ${each(panelsOf(hs), (n) =>
          each(rows, (p) =>
            each(4, (q) => {
              const at = n * step + 64 * p + 16 * q;
              const s = `s${p}_${q % 2}`;
              return set(s, fma(load('a', at), load('b', at), get(s)));
            }),
          ),
        )}
        ${reduced('s', rows, sum)}
        ${rows === 4 ? store('dots', 0, get('total')) : `(v128.store32_lane 0 ${get('dots')} ${get('total')})`}`,
    });
  return [one(4), one(1), byRows('dot', { a: 64, b: 64, dots: 4 })].join('\n');
}

/** $softenBack: $d = $p ($d - $dots) / sqrt(hs), rows of one panel. */
function softmaxBack({ hs }: Layout): string {
  return func({
    name: 'softenBack',
    params: words('d', 'p', 'dots', 'rows'),
    locals: vecs('m', 'scale', ...four.map((q) => `x${q}`)),
    body: `
      ${set('scale', `(f32x4.splat (f32.const ${1 / Math.sqrt(hs)}))`)}
      ${countdown(
        'rows',
        `${set('m', splat('dots'))}
        ${each(4, (q) => set(`x${q}`, times(times(load('p', 16 * q), get('scale')), minus(load('d', 16 * q), get('m')))))}
        ${storeRow('d', 0, (q) => get(`x${q}`))}
        ${advance('d', 64)} ${advance('p', 64)} ${advance('dots', 4)}`,
      )}`,
  });
}

/** $headForward and $headBack, number $u of (B,NH): $qkv, $out and so on are whole arrays. */
function heads(layout: Layout, own: (at: number) => string): string {
  const { T, C, NH, hs, stride, square, isAligned, own: parts } = layout;
  const locate = `
    ${set('row', scaled(`(i32.div_u ${get('u')} ${i32(NH)})`, 64 * T))}
    ${set('column', scaled(`(i32.rem_u ${get('u')} ${i32(NH)})`, isAligned ? (hs / 16) * stride : hs))}
    ${set('att', add(get('att'), scaled(get('u'), square)))}`;
  const at = (array: string, columns: number) =>
    add(add(get(array), i32((columns / 16) * stride)), add(get('row'), get('column')));
  const gather = (array: string, columns: number, to: number) =>
    call('gather', add(get(array), get('row')), add(get('column'), i32(columns)), own(to));
  const scatter = (from: number, array: string, columns: number) =>
    call('scatter', add(get(array), get('row')), add(get('column'), i32(columns)), own(from));
  const forward = isAligned
    ? call('attend', at('out', 0), get('att'), at('qkv', 0), at('qkv', C), at('qkv', 2 * C))
    : `
      ${gather('qkv', 0, parts.q)} ${gather('qkv', C, parts.k)} ${gather('qkv', 2 * C, parts.v)}
      ${call('attend', own(parts.o), get('att'), own(parts.q), own(parts.k), own(parts.v))}
      ${scatter(parts.o, 'out', 0)}`;
  const backward = isAligned
    ? call(
        'attendBack',
        ...[at('dqkv', 0), at('dqkv', C), at('dqkv', 2 * C), at('dout', 0), at('out', 0), get('att')],
        ...[at('qkv', 0), at('qkv', C), at('qkv', 2 * C)],
      )
    : `
      ${gather('qkv', 0, parts.q)} ${gather('qkv', C, parts.k)} ${gather('qkv', 2 * C, parts.v)}
      ${gather('dout', 0, parts.dout)} ${gather('out', 0, parts.o)}
      ${call('attendBack', ...[parts.dq, parts.dk, parts.dv, parts.dout, parts.o].map(own), get('att'), ...[parts.q, parts.k, parts.v].map(own))}
      ${scatter(parts.dq, 'dqkv', 0)} ${scatter(parts.dk, 'dqkv', C)} ${scatter(parts.dv, 'dqkv', 2 * C)}`;
  return [
    func({
      name: 'headForward',
      params: words('u', 'out', 'att', 'qkv'),
      locals: words('row', 'column'),
      body: `${locate} ${forward}`,
    }),
    func({
      name: 'headBack',
      params: words('u', 'dqkv', 'dout', 'out', 'att', 'qkv'),
      locals: words('row', 'column'),
      body: `${locate} ${backward}`,
    }),
    ...(isAligned ? [] : [copies(layout)]),
  ].join('\n');
}

/** $gather and $scatter: the head's columns from $column on between $array and panels of its own at $own, whose other columns become zero. */
function copies({ T, hs, stride, headStride }: Layout): string {
  const width = hs % 4 === 0 ? 4 : 1;
  const place = (at: string, step: number) =>
    add(scaled(`(i32.shr_u ${get(at)} ${i32(4)})`, step), `(i32.shl (i32.and ${get(at)} ${i32(15)}) ${i32(2)})`);
  const one = (name: string, to: string, from: string) => {
    const move =
      width === 4
        ? `(v128.store ${get(to)} (v128.load ${get(from)}))`
        : `(f32.store ${get(to)} (f32.load ${get(from)}))`;
    return func({
      name,
      params: words('array', 'column', 'own'),
      locals: words('i', 'a', 'o', 'rows', 'left'),
      body: `
        ${name === 'gather' ? `(memory.fill ${get('own')} ${i32(0)} ${i32(panelsOf(hs) * headStride)})` : ''}
        ${set('left', i32(hs / width))}
        ${countdown(
          'left',
          `${set('a', add(get('array'), place('column', stride)))} ${set('o', add(get('own'), place('i', headStride)))}
          ${set('rows', i32(T))}
          ${countdown('rows', `${move} ${advance('a', 64)} ${advance('o', 64)}`)}
          ${advance('column', width)} ${advance('i', width)}`,
        )}`,
    });
  };
  return [one('gather', 'o', 'a'), one('scatter', 'a', 'o')].join('\n');
}
