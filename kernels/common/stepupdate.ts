/**
 * Gradients of parameters on panels, each straight into AdamW, in units that the threads take from a queue: 16 rows of a weight,
 * 16 columns of a layernorm, 16 rows of wpe. A unit's gradient lies in the thread's own memory, and in its caches, until AdamW has taken it.
 *
 *   dW = dout^T inp, summed over the R rows;  db = column sums of dout
 *   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *   p = p - learning_rate (m / (1 - beta1^step) / (sqrt(v / (1 - beta2^step)) + eps) + weight_decay p)
 *
 * Numerics sums in order of the rows; what AdamW does to a parameter does not depend on where a vector begins.
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101.
 */
import { fma, four, load, minus, over, root, splat, store, storeRow, sum, times } from './lanes.ts';
import { type Layout, lastOf, panelsOf, roundUp, type Weight } from './steplayout.ts';
import { across, acrossHeights, fromZero } from './steptile.ts';
import { add, advance, call, countdown, each, func, get, i32, scaled, set, sub, vecs, when, words } from './wat.ts';

/** The constants of AdamW at the start of a thread's own memory, in this order. */
const constant = { keep1: 0, take1: 4, keep2: 8, take2: 12, correct1: 16, correct2: 20, eps: 24, shrink: 28 };

/** $setAdamw: the constants of step $step, to $at. Products and quotients in f64, rounded once. */
export function setAdamw(): string {
  const f64 = (x: string) => `(f64.promote_f32 ${get(x)})`;
  const one = '(f64.const 1)';
  const keep = (at: number, value: string) => `(f32.store offset=${at} ${get('at')} ${value})`;
  const rounded = (x: string) => `(f32.demote_f64 ${x})`;
  const grow = (power: string, base: string) => set(power, `(f64.mul ${get(power)} ${get(base)})`);
  return func({
    name: 'setAdamw',
    params: { at: 'i32', step: 'i32', rate: 'f32', beta1: 'f32', beta2: 'f32', eps: 'f32', decay: 'f32' },
    locals: { power1: 'f64', power2: 'f64', base1: 'f64', base2: 'f64' },
    body: `
      ${set('power1', one)} ${set('power2', one)} ${set('base1', f64('beta1'))} ${set('base2', f64('beta2'))}
      ${keep(constant.keep1, get('beta1'))} ${keep(constant.take1, rounded(`(f64.sub ${one} ${f64('beta1')})`))}
      ${keep(constant.keep2, get('beta2'))} ${keep(constant.take2, rounded(`(f64.sub ${one} ${f64('beta2')})`))}
      (block $done (loop $bits
        (br_if $done (i32.eqz ${get('step')}))
        ${when(`(i32.and ${get('step')} ${i32(1)})`, `${grow('power1', 'base1')} ${grow('power2', 'base2')}`)}
        ${grow('base1', 'base1')} ${grow('base2', 'base2')}
        ${set('step', `(i32.shr_u ${get('step')} ${i32(1)})`)}
        (br $bits)))
      ${keep(constant.correct1, rounded(`(f64.div ${f64('rate')} (f64.sub ${one} ${get('power1')}))`))}
      ${keep(constant.correct2, rounded(`(f64.div ${one} (f64.sub ${one} ${get('power2')}))`))}
      ${keep(constant.eps, get('eps'))} ${keep(constant.shrink, rounded(`(f64.mul ${f64('rate')} ${f64('decay')})`))}`,
  });
}

/** $adamw: $n parameters at $p by the gradient at $g. */
export function adamw(own: (at: number) => string): string {
  const c = (name: keyof typeof constant) => splat('own', constant[name]);
  const move = (q: number) => `
    ${set(`m${q}`, fma(get(`m${q}`), c('keep1'), times(get(`g${q}`), c('take1'))))}
    ${set(`v${q}`, fma(get(`v${q}`), c('keep2'), times(times(get(`g${q}`), get(`g${q}`)), c('take2'))))}
    ${set(`g${q}`, over(times(get(`m${q}`), c('correct1')), sum(root(times(get(`v${q}`), c('correct2'))), c('eps'))))}
    ${set(`p${q}`, minus(get(`p${q}`), fma(get(`p${q}`), c('shrink'), get(`g${q}`))))}`;
  const loads = (q: number) => ['p', 'm', 'v', 'g'].map((name) => set(`${name}${q}`, load(name, 16 * q))).join(' ');
  const stores = ['m', 'v', 'p']
    .map((name) => each(2, (q) => store(name, 16 * (1 - q), get(`${name}${1 - q}`))))
    .join(' ');
  const next = (bytes: number) => ['p', 'm', 'v', 'g'].map((name) => advance(name, bytes)).join(' ');
  const lane = (name: string) => `(v128.store32_lane 0 ${get(name)} ${get(`${name}0`)})`;
  return func({
    name: 'adamw',
    params: words('p', 'g', 'n'),
    locals: {
      ...words('m', 'v', 'own', 'left'),
      ...vecs(...['p', 'm', 'v', 'g'].flatMap((name) => [0, 1].map((q) => `${name}${q}`))),
    },
    body: `
      ${set('own', own(0))}
      ${set('m', add(get('p'), '(global.get $toM)'))} ${set('v', add(get('p'), '(global.get $toV)'))}
      ${set('left', `(i32.shr_u ${get('n')} ${i32(3)})`)}
      ${countdown('left', `${each(2, loads)} ${each(2, move)} ${stores} ${next(32)}`)}
      ${set('left', `(i32.and ${get('n')} ${i32(7)})`)}
      ${countdown(
        'left',
        `${['p', 'm', 'v', 'g'].map((name) => set(`${name}0`, `(v128.load32_zero ${get(name)})`)).join(' ')}
        ${move(0)} ${['m', 'v', 'p'].map(lane).join(' ')} ${next(4)}`,
      )}`,
  });
}

/**
 * $update_name: rows 16 $u to 16 $u + 15 of the weight at $w, with their biases. `then` follows a row of the gradient, given its address and its
 * number.
 */
export function weightUpdate(
  layout: Layout,
  name: string,
  { O, I, bias }: Weight,
  own: (at: number) => string,
  then = (_row: string, _number: string) => '',
): string {
  const { R, stride, steps, blocking } = layout;
  const Ip = panelsOf(I);
  const count = Math.ceil(R / blocking.rows);
  const depth = roundUp(Math.ceil(R / count), steps);
  const depths = Array.from({ length: Math.ceil(R / depth) }, (_, i) => i * depth);
  // Rows of the gradient lie as those of the weight do, so that AdamW has one run, unless a row is no whole panels.
  const row = 64 * Ip;
  const gradient = (p: number) => own(layout.own.dw + row * p);
  const rows = (extent: number) => {
    /** 16 columns of the gradient: while its rows of tiles pass, dout's panel and inp's stay in the first cache. */
    const tiles = (k: number) =>
      acrossHeights(extent).map(({ mr, from }) => {
        const c = add(get('c'), i32(row * from));
        return across(mr, {
          ...{ a: add(get('a0'), i32(4 * from + 64 * k)), b: add(get('b'), i32(64 * k)), c, cRow: row },
          ...{ turns: Math.min(depth, R - k) / steps, steps, ...(k === 0 ? fromZero : { s: c, sRow: i32(row) }) },
        });
      });
    return `
      ${set('b', get('inp'))} ${set('c', gradient(0))} ${set('left', i32(Ip))}
      ${countdown('left', `${depths.flatMap(tiles).join('\n')} ${advance('b', stride)} ${advance('c', 64)}`)}
      ${each(extent, (p) => then(gradient(p), add(scaled(get('u'), 16), i32(p))))}
      ${
        I % 16 === 0
          ? call('adamw', get('w'), gradient(0), i32(extent * I))
          : each(extent, (p) => call('adamw', add(get('w'), i32(4 * I * p)), gradient(p), i32(I)))
      }`;
  };
  const biases = (extent: number) => `
    ${call('columnSums', get('a0'), gradient(0))}
    ${call('adamw', add(get('bias'), scaled(get('u'), 64)), gradient(0), i32(extent))}`;
  const unit = (extent: number) => `${rows(extent)} ${bias === null ? '' : biases(extent)}`;
  return func({
    name: `update_${name}`,
    params: words('u', 'dout', 'inp', 'w', 'bias'),
    locals: words('a0', 'b', 'c', 'left'),
    body: `
      ${set('a0', add(get('dout'), scaled(get('u'), stride)))}
      ${set('w', add(get('w'), scaled(get('u'), 64 * I)))}
      ${lastOf('u', O, unit)}`,
  });
}

/** $columnSums: a panel's rows, summed, to $to; $updateNorm: panel $u of a layernorm's weight and bias, from dout, x and its statistics. */
export function columnUpdates({ R, C, stride, vector }: Layout, own: (at: number) => string, dw: number): string {
  const sums = (name: string) => four.map((q) => `${name}${q}`);
  const zero = (name: string) =>
    sums(name)
      .map((one) => set(one, '(f32x4.splat (f32.const 0))'))
      .join(' ');
  const move = (columns: number) => `
    ${call('adamw', add(get('w'), scaled(get('u'), 64)), get('to'), i32(columns))}
    ${call('adamw', add(get('bias'), scaled(get('u'), 64)), add(get('to'), i32(64)), i32(columns))}`;
  return [
    func({
      name: 'columnSums',
      params: words('x', 'to'),
      locals: { ...words('left'), ...vecs(...sums('s')) },
      body: `
        ${zero('s')} ${set('left', i32(R))}
        ${countdown('left', `${each(4, (q) => set(`s${q}`, sum(get(`s${q}`), load('x', 16 * q))))} ${advance('x', 64)}`)}
        ${storeRow('to', 0, (q) => get(`s${q}`))}`,
    }),
    func({
      name: 'updateNorm',
      params: words('u', 'd', 'x', 'stats', 'w', 'bias'),
      locals: { ...words('left', 'to'), ...vecs('m', 'scale', ...sums('s'), ...sums('c'), ...sums('d'), ...sums('x')) },
      body: `
        ${set('d', add(get('d'), scaled(get('u'), stride)))} ${set('x', add(get('x'), scaled(get('u'), stride)))}
        ${set('to', own(dw))}
        ${zero('s')} ${zero('c')} ${set('left', i32(R))}
        ${countdown(
          'left',
          `${set('m', splat('stats'))} ${set('scale', splat('stats', vector))}
          ${each(4, (q) => set(`d${q}`, load('d', 16 * q)))}
          ${each(4, (q) => set(`x${q}`, times(minus(load('x', 16 * q), get('m')), get('scale'))))}
          ${each(4, (q) => set(`s${q}`, fma(get(`d${q}`), get(`x${q}`), get(`s${q}`))))}
          ${each(4, (q) => set(`c${q}`, sum(get(`c${q}`), get(`d${q}`))))}
          ${advance('d', 64)} ${advance('x', 64)} ${advance('stats', 4)}`,
        )}
        ${storeRow('to', 0, (q) => get(`s${q}`))} ${storeRow('to', 64, (q) => get(`c${q}`))}
        ${lastOf('u', C, move)}`,
    }),
  ].join('\n');
}

/** $link, for one thread: which rows hold each word, in order; $addRows: the gradient of row $token of wte gets those of its tokens. */
export function embeddingUpdates(
  { B, T, C, V, R, stride, heads, chain, wpe }: Layout,
  own: (at: number) => string,
  dw: number,
): string {
  const base = (at: number) => add('(global.get $base)', i32(at));
  const panel = (to: string, from: string) => `
    ${each(4, (q) => set(`x${q}`, sum(load(to, 16 * q), load(from, 16 * q))))} ${storeRow(to, 0, (q) => get(`x${q}`))}`;
  const xs = four.map((q) => `x${q}`);
  const perUnit = 16;
  return [
    func({
      name: 'link',
      params: words('tokens'),
      locals: words('r', 'at', 'chain'),
      body: `
        (memory.fill ${base(heads)} ${i32(0)} ${i32(4 * V)})
        ${set('r', i32(R))}
        ${countdown(
          'r',
          `${set('at', add(base(heads), `(i32.shl (i32.load ${add(add(get('tokens'), `(i32.shl ${get('r')} ${i32(2)})`), i32(-4))}) ${i32(2)})`))}
          (i32.store ${add(base(chain - 4), `(i32.shl ${get('r')} ${i32(2)})`)} (i32.load ${get('at')}))
          (i32.store ${get('at')} ${get('r')})`,
        )}`,
    }),
    func({
      name: 'addRows',
      params: words('row', 'token', 'dx'),
      locals: { ...words('r', 'to', 'from', 'left'), ...vecs(...xs) },
      body: `
        ${set('r', `(i32.load ${add(base(heads), `(i32.shl ${get('token')} ${i32(2)})`)})`)}
        (block $done (loop $rows
          (br_if $done (i32.eqz ${get('r')}))
          ${set('to', get('row'))} ${set('from', add(get('dx'), scaled(sub(get('r'), i32(1)), 64)))}
          ${set('left', i32(panelsOf(C)))}
          ${countdown('left', `${panel('to', 'from')} ${advance('to', 64)} ${advance('from', stride)}`)}
          ${set('r', `(i32.load ${add(base(chain - 4), `(i32.shl ${get('r')} ${i32(2)})`)})`)}
          (br $rows)))`,
    }),
    func({
      name: 'updatePositions',
      params: words('u', 'dx'),
      locals: { ...words('t', 'end', 'to', 'from', 'left', 'b', 'at'), ...vecs(...xs) },
      body: `
        ${set('t', scaled(get('u'), perUnit))} ${set('end', `(call $least ${i32(T)} ${add(get('t'), i32(perUnit))})`)}
        ${set('end', sub(get('end'), get('t')))}
        ${countdown(
          'end',
          `${set('to', own(dw))} ${set('from', add(get('dx'), scaled(get('t'), 64)))}
          ${set('left', i32(panelsOf(C)))}
          ${countdown(
            'left',
            `${xs.map((x, q) => set(x, load('from', 16 * q))).join(' ')}
            ${set('at', get('from'))} ${set('b', i32(B - 1))}
            ${countdown('b', `${advance('at', 64 * T)} ${xs.map((x, q) => set(x, sum(get(x), load('at', 16 * q)))).join(' ')}`)}
            ${storeRow('to', 0, (q) => get(`x${q}`))} ${advance('to', 64)} ${advance('from', stride)}`,
          )}
          ${call('adamw', add(add('(global.get $p)', i32(wpe)), scaled(get('t'), 4 * C)), own(dw), i32(C))}
          ${advance('t', 1)}`,
        )}`,
    }),
  ].join('\n');
}
