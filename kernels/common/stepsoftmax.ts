/** The softmaxes of a training step on panels: that of attention, causal, and that of the loss, which leaves its gradient. */
import {
  both,
  exp2,
  expLocals,
  four,
  keptFrom,
  larger,
  load,
  minus,
  over,
  splat,
  store,
  storeRow,
  sum,
  times,
} from './lanes.ts';
import type { Layout } from './steplayout.ts';
import { byRows, eachPanel, filled, float, pairs, reduced, reduceLocals } from './steprows.ts';
import { add, advance, countdown, each, func, get, i32, scaled, set, sub, vecs, when, words } from './wat.ts';

/**
 * Softmax of rows in place, by three passes over `panels`: the maximum, exp and the sum, the scale. `each` says how a panel of a row is kept:
 * `whole` panels as they are, the last one by the mask of row p.
 */
function softmaxOf(
  rows: number,
  panels: (body: (masked: boolean) => string) => string,
  mask: (p: number, q: number) => string,
  scale: number,
  total: string,
): string {
  const least = filled(-3e38);
  const value = (p: number, q: number) => load('a', 64 * p + 16 * q);
  return `
    ${pairs('s', rows)
      .map((one) => set(one, least))
      .join(' ')}
    ${set('a', get('x'))}
    ${panels((masked) =>
      each(rows, (p) =>
        each(2, (h) =>
          each(2, (i) => {
            const q = 2 * h + i;
            const x = masked ? `(v128.bitselect ${value(p, q)} ${least} ${mask(p, q)})` : value(p, q);
            return set(`s${p}_${i}`, larger(get(`s${p}_${i}`), x));
          }),
        ),
      ),
    )}
    ${reduced('s', rows, larger)}
    ${store('reduce', 256, get('total'))}
    ${pairs('s', rows)
      .map((one) => set(one, filled(0)))
      .join(' ')}
    ${set('a', get('x'))}
    ${panels((masked) =>
      each(
        rows,
        (p) => `
      ${set('m', splat('reduce', 256 + 4 * p))}
      ${each(4, (q) => set(`x_${q}`, times(minus(value(p, q), get('m')), filled(scale * Math.LOG2E))))}
      ${exp2('x_', four, false)}
      ${masked ? each(4, (q) => set(`x_${q}`, both(get(`x_${q}`), mask(p, q)))) : ''}
      ${each(4, (q) => set(`s${p}_${q % 2}`, sum(get(`s${p}_${q % 2}`), get(`x_${q}`))))}
      ${storeRow('a', 64 * p, (q) => get(`x_${q}`))}`,
      ),
    )}
    ${reduced('s', rows, sum)}
    ${total}
    ${store('reduce', 272, get('scale'))}
    ${set('a', get('x'))}
    ${panels(() =>
      each(
        rows,
        (p) => `
      ${set('m', splat('reduce', 272 + 4 * p))}
      ${each(4, (q) => set(`x_${q}`, times(value(p, q), get('m'))))} ${storeRow('a', 64 * p, (q) => get(`x_${q}`))}`,
      ),
    )}`;
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
        ${each(
          rows,
          (p) => `
          ${target(p)}
          (f32.store ${get('at')} (f32.sub (f32.load ${get('at')}) ${float(1 / R)}))
          (f32.store offset=${4 * p} ${get('losses')} (f32.demote_f64 (f64.sub (call $log ${f64(288 + 4 * p)}) (f64.sub ${f64(304 + 4 * p)} ${f64(256 + 4 * p)}))))`,
        )}`,
    });
  };
  return [logarithm(), one(4), one(1), byRows('lose', { x: 64, targets: 4, losses: 4 })].join('\n');
}

/** $log of a normal number: 2^n m, |log m| <= log(2) / 2, and log m = 2 artanh((m - 1) / (m + 1)) by its series to f^19. */
function logarithm(): string {
  const f64 = (value: number) => `(f64.const ${value})`;
  const series = Array.from({ length: 9 }, (_, i) => 19 - 2 * i).reduce(
    (rest, n) => `(f64.mul ${get('q')} (f64.add ${f64(1 / n)} ${rest}))`,
    f64(0),
  );
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
