/**
 * One training step of a GPT-2 as a WebAssembly module written for one model: forward, backward, AdamW. Formulas: baselines/train_gpt2/op.ts;
 * where things lie: steplayout.ts.
 *
 *   own rows   a thread's rows of (B*T), the same throughout: what works by rows waits for nobody
 *   queue      units of work that threads take as they come: panels of weights to pack, parts of weights to update
 *
 *   forward    embed, ln1, packing | a layer: qkv, attention, attproj, ln2, fc, gelu, fcproj, next ln1, packing |
 *   backward   cross-entropy, a layer: fcproj, fc, ln2, attproj, attention, qkv, ln1, packing | updates, the next layer ...
 *   A bar is a barrier. Two more are around attention where a thread's rows are not whole sequences: then heads are a queue as well.
 *
 * Numerics f32; the losses' sum and AdamW's constants in f64. The result does not depend on the number of threads.
 * Needs    relaxed SIMD. `width` 16 for the revectorizer, 8 for 128 bits.
 * Source   Radford et al. 2019; names and the layout of params follow llm.c.
 */
import { constants } from './lanes.ts';
import { attention } from './stepattention.ts';
import { type Blocking, blockingFor, type Layout, layoutOf, type Model, panelsOf, type Weight } from './steplayout.ts';
import { elementwise, packing, product } from './steplinear.ts';
import { embedding, layernorms } from './stepnorm.ts';
import { passes } from './steppasses.ts';
import { counters, queues } from './stepqueues.ts';
import { causalSoftmax, crossentropy } from './stepsoftmax.ts';
import { global, globals, inTurn, own, setGlobal, shared } from './stepstate.ts';
import { acrossTiles, alongTiles } from './steptile.ts';
import { adamw, columnUpdates, embeddingUpdates, setAdamw, weightUpdate } from './stepupdate.ts';
import { add, call, func, get, i32, scaled, set, sub, when, words } from './wat.ts';

const dims = ['B', 'T', 'L', 'C', 'NH', 'V'];
const arguments_ = {
  ...words('tid', 'nthreads', 'params', 'm', 'v', 'tokens', 'targets', 'step', 'loss', ...dims),
  ...{ learning_rate: 'f32', beta1: 'f32', beta2: 'f32', eps: 'f32', weight_decay: 'f32', scratch: 'i32' },
};

export function stepModule(model: Model, width: 8 | 16, blocking: Blocking = blockingFor({ L1: 32768 })): string {
  const layout = layoutOf(model, blocking);
  const { L, weights } = layout;
  const reduceAt = own(layout.own.reduce);
  const { qkv, attproj, fc, fcproj, wte } = weights;
  const forwards = (weight: Weight) => ({ depth: panelsOf(weight.I), columns: panelsOf(weight.O) });
  const backwards = (weight: Weight) => ({
    depth: panelsOf(weight.O),
    columns: panelsOf(weight.I),
    start: 'zero' as const,
  });
  return `(module
    (import "env" "memory" (memory 1 65536 shared))
    ${globals.map((name) => `(global $${name} (mut i32) (i32.const 0))`).join('\n')}
    ${constants()}
    ${[
      threads(),
      alongTiles(width),
      acrossTiles(width, layout.steps, [
        16,
        ...[layout.T, layout.C, 3 * layout.C, 4 * layout.C, layout.V].map((n) => n % 16),
      ]),
      elementwise(),
      ...(L > 0 ? Object.entries({ qkv, attproj, fc, fcproj }) : []).map(([name, weight]) => packing(name, weight)),
      packing('wte', wte),
      product(layout, { name: 'F_qkv', ...forwards(qkv), start: 'bias' }),
      product(layout, { name: 'F_attproj', ...forwards(attproj), start: 'residual' }),
      product(layout, {
        name: 'F_fc',
        ...forwards(fc),
        start: 'bias',
        params: ['g'],
        after: call('gelu', get('c'), get('g'), global('rows')),
      }),
      product(layout, { name: 'F_fcproj', ...forwards(fcproj), start: 'residual' }),
      product(layout, { name: 'F_wte', ...forwards(wte), start: 'zero' }),
      product(layout, { name: 'D_wte', ...backwards(wte) }),
      product(layout, {
        name: 'D_fcproj',
        ...backwards(fcproj),
        params: ['slope'],
        after: call('multiply', get('c'), get('slope'), global('rows')),
      }),
      product(layout, { name: 'D_fc', ...backwards(fc) }),
      product(layout, { name: 'D_attproj', ...backwards(attproj) }),
      product(layout, { name: 'D_qkv', ...backwards(qkv) }),
      embedding(layout),
      layernorms(layout, reduceAt),
      causalSoftmax(layout, reduceAt),
      crossentropy(layout, reduceAt),
      attention(layout, reduceAt, own),
      setAdamw(),
      adamw(own),
      ...Object.entries({ qkv, attproj, fc, fcproj }).map(([name, weight]) => weightUpdate(layout, name, weight, own)),
      weightUpdate(layout, 'wte', wte, own, (row, token) => call('addRows', row, token, get('bias'))),
      columnUpdates(layout, own, layout.own.dw),
      embeddingUpdates(layout, own, layout.own.dw),
      queues(layout),
      passes(layout),
      entry(layout),
    ].join('\n')})`;
}

/** $barrier, which empties the queues as well, $take, the next number of a queue, and $least. The barrier's words are at 0 and 64 of scratch. */
function threads(): string {
  const spins = 20000;
  const reset = Object.values(counters)
    .map((at) => `(i32.atomic.store offset=${at} ${global('base')} ${i32(0)})`)
    .join(' ');
  return [
    func({
      name: 'barrier',
      params: {},
      locals: words('passed', 'spin'),
      body: `
        ${when(`(i32.eq ${global('nthreads')} ${i32(1)})`, `${reset} (return)`)}
        ${set('passed', `(i32.atomic.load offset=64 ${global('base')})`)}
        ${when(
          `(i32.eq (i32.atomic.rmw.add ${global('base')} ${i32(1)}) ${sub(global('nthreads'), i32(1))})`,
          `(i32.atomic.store ${global('base')} ${i32(0)}) ${reset}
          (i32.atomic.store offset=64 ${global('base')} ${add(get('passed'), i32(1))})
          (drop (memory.atomic.notify offset=64 ${global('base')} ${i32(-1)})) (return)`,
        )}
        (loop $wait
          ${when(
            `(i32.eq (i32.atomic.load offset=64 ${global('base')}) ${get('passed')})`,
            `${set('spin', add(get('spin'), i32(1)))}
            ${when(
              `(i32.gt_u ${get('spin')} ${i32(spins)})`,
              `(drop (memory.atomic.wait32 offset=64 ${global('base')} ${get('passed')} (i64.const -1)))`,
            )}
            (br $wait)`,
          )})`,
    }),
    func({
      name: 'take',
      params: words('counter'),
      result: 'i32',
      body: `(i32.atomic.rmw.add ${add(global('base'), get('counter'))} ${i32(1)})`,
    }),
    func({
      name: 'least',
      params: words('x', 'y'),
      result: 'i32',
      body: `(select ${get('x')} ${get('y')} (i32.lt_u ${get('x')} ${get('y')}))`,
    }),
  ].join('\n');
}

/** What nfold calls: `scratchBytes` and `run`. */
function entry(layout: Layout): string {
  const { L, R, activations: a, layers, layerBytes, gradientsAt, gradientBytes, gradients: g } = layout;
  const units = Math.ceil(R / 4);
  const first = (tid: string) =>
    `(call $least ${i32(R)} (i32.mul (i32.div_u (i32.mul ${tid} ${i32(units)}) ${get('nthreads')}) ${i32(4)}))`;
  const isWhole = `(i32.or (i32.eq ${get('nthreads')} ${i32(1)}) (i32.and
    (i32.eqz (i32.rem_u ${i32(layout.B)} ${get('nthreads')}))
    (i32.eqz (i32.rem_u (i32.div_u ${i32(R)} ${get('nthreads')}) ${i32(4)}))))`;
  const gradientsOf = (l: string) => add(shared(gradientsAt), inTurn(l, gradientBytes));
  const activationsOf = (l: string) => add(shared(layers), scaled(l, layerBytes));
  return [
    func({
      name: 'scratchBytes',
      exported: true,
      params: words('nthreads', ...dims),
      result: 'i32',
      body: add(i32(layout.ownAt), scaled(get('nthreads'), layout.ownBytes)),
    }),
    func({
      name: 'run',
      exported: true,
      params: arguments_,
      locals: { ...words('l', 'at', 'dx'), sum: 'f64' },
      body: `
        ${setGlobal('base', get('scratch'))} ${setGlobal('tid', get('tid'))} ${setGlobal('nthreads', get('nthreads'))}
        ${setGlobal('own', add(add(get('scratch'), i32(layout.ownAt)), scaled(get('tid'), layout.ownBytes)))}
        ${setGlobal('p', get('params'))} ${setGlobal('toM', sub(get('m'), get('params')))} ${setGlobal('toV', sub(get('v'), get('params')))}
        ${setGlobal('tokens', get('tokens'))} ${setGlobal('targets', get('targets'))}
        ${setGlobal('lo', first(get('tid')))} ${setGlobal('rows', sub(first(add(get('tid'), i32(1))), global('lo')))}
        ${setGlobal('row', scaled(global('lo'), 64))}
        ${setGlobal('whole', isWhole)}
        ${call('setAdamw', own(0), `(i32.load ${get('step')})`, ...['learning_rate', 'beta1', 'beta2', 'eps', 'weight_decay'].map(get))}
        ${call('start')}
        ${
          L > 0
            ? `${set('l', i32(0))}
        (loop $forward
          ${call('layerForward', get('l'), activationsOf(get('l')))}
          (br_if $forward (i32.lt_u (local.tee $l ${add(get('l'), i32(1))}) ${i32(L)})))`
            : ''
        }
        ${call('head')} ${set('dx', shared(g.dx))}
        ${
          L > 0
            ? `${set('l', i32(L))}
        (loop $backward
          ${set('l', sub(get('l'), i32(1)))}
          ${call('layerBackward', get('l'), activationsOf(get('l')), gradientsOf(get('l')), get('dx'))}
          ${set('dx', add(activationsOf(get('l')), i32(a.slope)))}
          (br_if $backward ${get('l')}))`
            : `${call('barrier')} ${call('lastUpdates', get('dx'))}`
        }
        ${when(
          `(i32.eqz ${get('tid')})`,
          `
          ${set('at', shared(layout.losses))} ${set('l', i32(R))}
          (loop $losses
            (local.set $sum (f64.add ${get('sum')} (f64.promote_f32 (f32.load ${get('at')}))))
            ${set('at', add(get('at'), i32(4)))}
            (br_if $losses (local.tee $l ${sub(get('l'), i32(1))})))
          (f32.store ${get('loss')} (f32.demote_f64 (f64.div ${get('sum')} (f64.const ${R}))))`,
        )}`,
    }),
  ].join('\n');
}
