/**
 * One training step of a GPT-2 as a WebAssembly module written for one model: forward, backward, AdamW. Formulas: baselines/train_gpt2/op.ts;
 * where things lie: steplayout.ts.
 *
 *   own rows   a thread's rows of (B*T), the same throughout: what works by rows waits for nobody
 *   queue      units of work that threads take as they come: heads of attention, panels of weights to pack, parts of weights to update
 *
 *   forward    embed, ln1 | a layer: qkv | heads, and packing for what follows | attproj, ln2, fc, gelu, fcproj, next ln1 |
 *   backward   cross-entropy | a layer: fcproj, fc, ln2, attproj | heads, and packing | qkv, ln1 | updates |
 *   A bar is a barrier; that between a layer's updates and the next layer is missing, as gradients are kept for two layers.
 *
 * Numerics f32; the losses' sum and AdamW's constants in f64. The result does not depend on the number of threads.
 * Needs    relaxed SIMD. `width` 16 for the revectorizer, 8 for 128 bits.
 * Source   Radford et al. 2019; names and the layout of params follow llm.c.
 */
import { constants, zerosAt } from './lanes.ts';
import { attention } from './stepattention.ts';
import { elementwise, packing, product } from './steplinear.ts';
import { type Layout, layoutOf, type Model, panelsOf, type Weight } from './steplayout.ts';
import { causalSoftmax, crossentropy, embedding, layernorms } from './steprows.ts';
import { acrossTiles, alongTiles } from './steptile.ts';
import { adamw, columnUpdates, embeddingUpdates, setAdamw, unitsOf, weightUpdate } from './stepupdate.ts';
import { add, call, each, func, get, i32, scaled, set, sub, when, words } from './wat.ts';

/** From here on, time is spent on these ops, and on none after `rest`: `nfold profile` sums it. */
const mark = (ops: string) => `\n;; @mark ${ops}\n`;
const global = (name: string) => `(global.get $${name})`;
const setGlobal = (name: string, value: string) => `(global.set $${name} ${value})`;
const own = (at: number) => (at === 0 ? global('own') : add(global('own'), i32(at)));
const shared = (at: number) => add(global('base'), i32(at));
const parameter = (at: number) => (at === 0 ? global('p') : add(global('p'), i32(at)));

const globals = ['base', 'own', 'tid', 'nthreads', 'p', 'toM', 'toV', 'tokens', 'targets', 'lo', 'row', 'rows', 'turn'];
const dims = ['B', 'T', 'L', 'C', 'NH', 'V'];
const arguments_ = {
  ...words('tid', 'nthreads', 'params', 'm', 'v', 'tokens', 'targets', 'step', 'loss', ...dims),
  ...{ learning_rate: 'f32', beta1: 'f32', beta2: 'f32', eps: 'f32', weight_decay: 'f32', scratch: 'i32' },
};

export function stepModule(model: Model, width: 8 | 16): string {
  const layout = layoutOf(model);
  const { L, weights } = layout;
  const reduceAt = own(layout.own.reduce);
  const { qkv, attproj, fc, fcproj, wte } = weights;
  const [Cp, C4p] = [panelsOf(layout.C), panelsOf(4 * layout.C)];
  const forwards = (weight: Weight) => ({ depth: panelsOf(weight.I), columns: panelsOf(weight.O) });
  const backwards = (weight: Weight) => ({ depth: panelsOf(weight.O), columns: panelsOf(weight.I), start: 'zero' as const });
  void Cp; void C4p;
  return `(module
    (import "env" "memory" (memory 1 65536 shared))
    ${globals.map((name) => `(global $${name} (mut i32) (i32.const 0))`).join('\n')}
    ${constants()}
    ${[
      threads(),
      alongTiles(width),
      acrossTiles(width, layout.steps, [16, ...[layout.T, layout.C, 3 * layout.C, 4 * layout.C, layout.V].map((n) => n % 16)]),
      elementwise(),
      ...(L > 0 ? Object.entries({ qkv, attproj, fc, fcproj }) : []).map(([name, weight]) => packing(name, weight)),
      packing('wte', wte),
      product(layout, { name: 'F_qkv', ...forwards(qkv), start: 'bias' }),
      product(layout, { name: 'F_attproj', ...forwards(attproj), start: 'residual' }),
      product(layout, { name: 'F_fc', ...forwards(fc), start: 'bias', params: ['g'], then: call('gelu', get('c'), get('g'), global('rows')) }),
      product(layout, { name: 'F_fcproj', ...forwards(fcproj), start: 'residual' }),
      product(layout, { name: 'F_wte', ...forwards(wte), start: 'zero' }),
      product(layout, { name: 'D_wte', ...backwards(wte) }),
      product(layout, { name: 'D_fcproj', ...backwards(fcproj), params: ['slope'], then: call('multiply', get('c'), get('slope'), global('rows')) }),
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
      weightUpdate(layout, 'wte', wte, own, (row, token) => call('addRows', row, token, add(get('bias'), scaled(get('block'), layout.blockPanels * layout.stride)), get('panels'))),
      columnUpdates(layout, own, layout.own.dw),
      embeddingUpdates(layout, own, layout.own.dw),
      queues(layout),
      passes(layout),
      entry(layout),
    ].join('\n')})`;
}

/** $barrier, which empties the queue as well, $take, the next number of the queue, and $least. Words 0, 64 and 128 of scratch. */
function threads(): string {
  const spins = 20000;
  const reset = `(i32.atomic.store offset=128 ${global('base')} ${i32(0)})`;
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
    func({ name: 'take', params: {}, result: 'i32', body: `(i32.atomic.rmw.add offset=128 ${global('base')} ${i32(1)})` }),
    func({
      name: 'least',
      params: words('x', 'y'),
      result: 'i32',
      body: `(select ${get('x')} ${get('y')} (i32.lt_u ${get('x')} ${get('y')}))`,
    }),
  ].join('\n');
}

/** So many units, and what does number $u of them. */
interface Units {
  readonly op: string;
  readonly count: number;
  readonly work: string;
}

/** A function whose threads share the units; $u counts from 0 within each kind. */
function queue(name: string, params: readonly string[], kinds: readonly Units[]): string {
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  const chain = kinds
    .filter(({ count }) => count > 0)
    .reduceRight(
      (rest, { op, count, work }) =>
        when(`(i32.lt_u ${get('u')} ${i32(count)})`, `${mark(op)} ${work}`, `${set('u', sub(get('u'), i32(count)))} ${rest}`),
      '(nop)',
    );
  return func({
    name,
    params: words(...params),
    locals: words('u'),
    body: `
      (block $done (loop $units
        ${mark('rest')} ${set('u', call('take'))}
        (br_if $done (i32.ge_u ${get('u')} ${i32(total)}))
        ${chain}
        (br $units)))`,
  });
}

/** Layer $l's part of an array of params that has so many floats a layer. */
const ofLayer = (at: number, floats: number, l = get('l')) => add(parameter(at), scaled(l, 4 * floats));

function queues(layout: Layout): string {
  const { B, T, L, C, NH, V, activations: a, gradients: g, weights, lnfw, lnfb } = layout;
  const { qkv, attproj, fc, fcproj, wte } = weights;
  const [Cp, C3p, C4p, Vp] = [C, 3 * C, 4 * C, V].map(panelsOf);
  const act = (at: number) => add(get('act'), i32(at));
  const grad = (at: number) => add(get('grad'), i32(at));
  const once = shared;
  const pack = (kind: 'F' | 'B', name: string, { at, O, I }: Weight, l: string): Units => ({
    op: kind === 'F' ? 'matmul_forward' : 'matmul_backward',
    count: panelsOf(O),
    work: call(`pack${kind}_${name}`, name === 'wte' ? parameter(at) : ofLayer(at, O * I, l), get('u')),
  });
  const l = get('l');
  const next = add(l, i32(1));
  const before = sub(l, i32(1));
  const ofThis = [pack('F', 'fc', fc, l), pack('F', 'fcproj', fcproj, l), pack('F', 'attproj', attproj, l)];
  const back = (l: string) => [pack('B', 'fcproj', fcproj, l), pack('B', 'fc', fc, l), pack('B', 'attproj', attproj, l)];
  const head = [pack('F', 'wte', wte, l), pack('B', 'wte', wte, l)];
  const heads: Units = { op: 'attention_forward', count: B * NH, work: call('headForward', get('u'), act(a.atty), act(a.att), act(a.qkv)) };
  const headsBack: Units = {
    op: 'attention_backward',
    count: B * NH,
    work: call('headBack', get('u'), once(g.dqkv), once(g.datty), act(a.atty), act(a.att), act(a.qkv)),
  };
  const update = (name: string, weight: Weight, dout: string, inp: string): Units => ({
    op: 'matmul_backward adamw',
    count: unitsOf(layout, weight),
    work: call(`update_${name}`, get('u'), dout, inp, ofLayer(weight.at, weight.O * weight.I), ofLayer(weight.bias, weight.O)),
  });
  const norm = (dout: string, inp: string, stats: string, w: string, b: string): Units => ({
    op: 'layernorm_backward adamw',
    count: Cp,
    work: call('updateNorm', get('u'), dout, inp, stats, w, b),
  });
  const updates = [
    update('fcproj', fcproj, grad(g.dx), act(a.gelu)),
    update('fc', fc, grad(g.dfch), act(a.ln2)),
    update('qkv', qkv, once(g.dqkv), act(a.ln1)),
    update('attproj', attproj, grad(g.dx2), act(a.atty)),
    norm(grad(g.dln2), act(a.x2), act(a.stats2), ofLayer(layout.ln2w, C), ofLayer(layout.ln2b, C)),
    norm(once(g.dln1), act(a.x), act(a.stats1), ofLayer(layout.ln1w, C), ofLayer(layout.ln1b, C)),
  ];
  const last = [
    {
      op: 'matmul_backward encoder_backward adamw',
      count: unitsOf(layout, wte),
      work: call('update_wte', get('u'), shared(layout.logits), shared(layout.lnf), parameter(wte.at), get('dx')),
    },
    { op: 'encoder_backward adamw', count: Math.ceil(T / 16), work: call('updatePositions', get('u'), get('dx')) },
    norm(
      shared(layout.dlnf),
      shared(layout.layers + L * layout.layerBytes + a.x),
      shared(layout.statsf),
      parameter(lnfw),
      parameter(lnfb),
    ),
  ];
  void C3p; void C4p; void Vp;
  return [
    queue('firstPacks', ['l'], L > 0 ? [pack('F', 'qkv', qkv, l)] : head),
    ...(L > 0
      ? [
          queue('heads', ['l', 'act'], [heads, ...ofThis, pack('F', 'qkv', qkv, next)]),
          queue('lastHeads', ['l', 'act'], [heads, ...ofThis, ...head, ...back(l)]),
          queue('headsBack', ['l', 'act', 'grad'], [headsBack, pack('B', 'qkv', qkv, l), ...back(before)]),
          queue('firstHeadsBack', ['l', 'act', 'grad'], [headsBack, pack('B', 'qkv', qkv, l)]),
          queue('updates', ['l', 'act', 'grad'], updates),
          queue('lastUpdates', ['l', 'act', 'grad', 'dx'], [...updates, ...last]),
        ]
      : [queue('lastUpdates', ['l', 'act', 'grad', 'dx'], last)]),
  ].join('\n');
}

function passes(layout: Layout): string {
  const { C, L, activations: a, gradients: g, weights, ln1w, ln1b, ln2w, ln2b, lnfw, lnfb } = layout;
  const { qkv, attproj, fc, fcproj } = weights;
  const mine = (base: string, at: number) => add(add(base, i32(at)), global('row'));
  const act = (at: number) => mine(get('act'), at);
  const grad = (at: number) => mine(get('grad'), at);
  const once = (at: number) => mine(global('base'), at);
  const stats = (base: string, at: number) => add(add(base, i32(at)), scaled(global('lo'), 4));
  const rows = global('rows');
  const biasOf = ({ bias, O }: Weight) => {
    const from = ofLayer(bias, O);
    // A row of 16 reads past the end of a ragged bias.
    if (O % 16 === 0) return from;
    const to = own(layout.own.bias);
    return `(block (result i32)
      (memory.fill ${add(to, i32(64 * (panelsOf(O) - 1)))} ${i32(0)} ${i32(64)})
      (memory.copy ${to} ${from} ${i32(4 * O)})
      ${to})`;
  };
  const normalize = (x: string, out: string, at: string, w: string, b: string) => call('normalize', x, out, at, w, b, rows);
  const norm1 = (base: string, l: string) =>
    normalize(mine(base, a.x), mine(base, a.ln1), stats(base, a.stats1), ofLayer(ln1w, C, l), ofLayer(ln1b, C, l));
  const nextAct = add(get('act'), i32(layout.layerBytes));
  const lastX = mine(global('base'), layout.layers + L * layout.layerBytes + a.x);
  const lnf = (x: string) => normalize(x, mine(global('base'), layout.lnf), stats(global('base'), layout.statsf), parameter(lnfw), parameter(lnfb));
  const isLast = `(i32.eq ${get('l')} ${i32(L - 1)})`;
  /** Own rows of the last panel of an array that attention writes by columns: those that do not exist have to be zero. */
  const clear = (at: string, columns: number) =>
    columns % 16 === 0
      ? ''
      : `(memory.fill ${add(at, i32((panelsOf(columns) - 1) * layout.stride))} ${i32(0)} ${scaled(rows, 64)})`;
  return [
    func({
      name: 'start',
      params: {},
      body: `
        ${when(`(i32.eqz ${global('tid')})`, call('link', global('tokens')))}
        ${call('firstPacks', i32(0))}
        ${mark('encoder_forward')} ${call('embed', mine(global('base'), layout.layers + a.x), add(global('tokens'), scaled(global('lo'), 4)), global('lo'), rows)}
        ${mark('layernorm_forward')} ${L > 0 ? norm1(add(global('base'), i32(layout.layers)), i32(0)) : ''}
        ${mark('rest')} ${call('barrier')}`,
    }),
    ...(L > 0
      ? [
          func({
            name: 'layerForward',
            params: words('l', 'act'),
            body: `
              ${mark('matmul_forward')} ${call('F_qkv', act(a.ln1), shared(qkv.forward), act(a.qkv), biasOf(qkv))}
              ${clear(act(a.atty), C)}
              ${mark('rest')} ${call('barrier')}
              ${when(isLast, call('lastHeads', get('l'), get('act')), call('heads', get('l'), get('act')))}
              ${mark('rest')} ${call('barrier')}
              ${mark('matmul_forward residual_forward')} ${call('F_attproj', act(a.atty), shared(attproj.forward), act(a.x2), biasOf(attproj), act(a.x))}
              ${mark('layernorm_forward')} ${normalize(act(a.x2), act(a.ln2), stats(get('act'), a.stats2), ofLayer(ln2w, C), ofLayer(ln2b, C))}
              ${mark('matmul_forward gelu_forward')} ${call('F_fc', act(a.ln2), shared(fc.forward), act(a.slope), biasOf(fc), act(a.gelu))}
              ${mark('matmul_forward residual_forward')} ${call('F_fcproj', act(a.gelu), shared(fcproj.forward), mine(nextAct, a.x), biasOf(fcproj), act(a.x2))}
              ${mark('layernorm_forward')} ${when(`(i32.eqz ${isLast})`, norm1(nextAct, add(get('l'), i32(1))))}`,
          }),
          func({
            name: 'layerBackward',
            params: words('l', 'act', 'grad', 'nextGrad'),
            body: `
              ${mark('matmul_backward gelu_backward')} ${call('D_fcproj', grad(g.dx), shared(fcproj.backward), grad(g.dfch), act(a.slope))}
              ${mark('matmul_backward')} ${call('D_fc', grad(g.dfch), shared(fc.backward), grad(g.dln2))}
              ${mark('residual_backward layernorm_backward')} ${call('normBack', grad(g.dx2), grad(g.dln2), act(a.x2), stats(get('act'), a.stats2), grad(g.dx), ofLayer(ln2w, C), rows)}
              ${mark('matmul_backward')} ${call('D_attproj', grad(g.dx2), shared(attproj.backward), once(g.datty))}
              ${clear(once(g.dqkv), 3 * C)}
              ${mark('rest')} ${call('barrier')}
              ${when(get('l'), call('headsBack', get('l'), get('act'), get('grad')), call('firstHeadsBack', get('l'), get('act'), get('grad')))}
              ${mark('rest')} ${call('barrier')}
              ${mark('matmul_backward')} ${call('D_qkv', once(g.dqkv), shared(qkv.backward), once(g.dln1))}
              ${mark('residual_backward layernorm_backward')} ${call('normBack', mine(get('nextGrad'), g.dx), once(g.dln1), act(a.x), stats(get('act'), a.stats1), grad(g.dx2), ofLayer(ln1w, C), rows)}
              ${mark('rest')} ${call('barrier')}
              ${when(get('l'), call('updates', get('l'), get('act'), get('grad')), call('lastUpdates', get('l'), get('act'), get('grad'), add(get('nextGrad'), i32(g.dx))))}`,
          }),
        ]
      : []),
    func({
      name: 'head',
      params: words('grad'),
      body: `
        ${mark('layernorm_forward')} ${lnf(lastX)}
        ${mark('matmul_forward')} ${call('F_wte', mine(global('base'), layout.lnf), shared(weights.wte.forward), mine(global('base'), layout.logits))}
        ${mark('crossentropy_softmax_forward crossentropy_softmax_backward')} ${call('lose', mine(global('base'), layout.logits), add(global('targets'), scaled(global('lo'), 4)), add(shared(layout.losses), scaled(global('lo'), 4)), rows)}
        ${mark('matmul_backward')} ${call('D_wte', mine(global('base'), layout.logits), shared(weights.wte.backward), mine(global('base'), layout.dlnf))}
        ${mark('layernorm_backward')} ${call('normBackLast', grad(g.dx), mine(global('base'), layout.dlnf), lastX, stats(global('base'), layout.statsf), parameter(lnfw), rows)}`,
    }),
  ].join('\n');
}

/** What nfold calls: `scratchBytes` and `run`. */
function entry(layout: Layout): string {
  const { L, R, T, B, stride, activations: a, layers, layerBytes, gradientsAt, gradientBytes, gradients: g } = layout;
  const units = Math.ceil(R / 4);
  const first = (tid: string) => `(call $least ${i32(R)} (i32.mul (i32.div_u (i32.mul ${tid} ${i32(units)}) ${get('nthreads')}) ${i32(4)}))`;
  const gradientsOf = (l: string) => add(shared(gradientsAt), scaled(`(i32.and ${l} ${i32(1)})`, gradientBytes));
  const activationsOf = (l: string) => add(shared(layers), scaled(l, layerBytes));
  // What attention reads of the rows after the last sequence must be finite.
  const clear = (array: number, columns: number) => each(panelsOf(columns), (n) => `(memory.fill ${add(get('at'), i32(array + n * stride + 64 * R))} ${i32(0)} ${i32(stride - 64 * R)})`);
  const cleared = T % 16 === 0 || L === 0 || !layout.isAligned ? '' : `
    ${set('l', i32(0))}
    (loop $layers
      ${set('at', activationsOf(get('l')))} ${clear(a.qkv, 3 * layout.C)}
      (br_if $layers (i32.lt_u (local.tee $l ${add(get('l'), i32(1))}) ${i32(L)})))`;
  void B;
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
      locals: { ...words('l', 'at'), sum: 'f64' },
      body: `
        ${setGlobal('base', get('scratch'))} ${setGlobal('tid', get('tid'))} ${setGlobal('nthreads', get('nthreads'))}
        ${setGlobal('own', add(add(get('scratch'), i32(layout.ownAt)), scaled(get('tid'), layout.ownBytes)))}
        ${setGlobal('p', get('params'))} ${setGlobal('toM', sub(get('m'), get('params')))} ${setGlobal('toV', sub(get('v'), get('params')))}
        ${setGlobal('tokens', get('tokens'))} ${setGlobal('targets', get('targets'))}
        ${setGlobal('lo', first(get('tid')))} ${setGlobal('rows', sub(first(add(get('tid'), i32(1))), global('lo')))}
        ${setGlobal('row', scaled(global('lo'), 64))}
        ${call('setAdamw', own(0), `(i32.load ${get('step')})`, ...['learning_rate', 'beta1', 'beta2', 'eps', 'weight_decay'].map(get))}
        ${cleared && when(`(i32.eqz ${get('tid')})`, cleared)}
        ${call('start')}
        ${L > 0 ? `${set('l', i32(0))}
        (loop $forward
          ${call('layerForward', get('l'), activationsOf(get('l')))}
          (br_if $forward (i32.lt_u (local.tee $l ${add(get('l'), i32(1))}) ${i32(L)})))` : ''}
        ${call('head', gradientsOf(i32(L + 1)))}
        ${L > 0 ? `${set('l', i32(L))}
        (loop $backward
          ${set('l', sub(get('l'), i32(1)))}
          ${call('layerBackward', get('l'), activationsOf(get('l')), gradientsOf(get('l')), gradientsOf(add(get('l'), i32(1))))}
          (br_if $backward ${get('l')}))` : `${mark('rest')} ${call('barrier')} ${call('lastUpdates', i32(0), i32(0), i32(0), add(gradientsOf(i32(1)), i32(g.dx)))}`}
        ${when(`(i32.eqz ${get('tid')})`, `
          ${set('at', shared(layout.losses))} ${set('l', i32(R))}
          (loop $losses
            (local.set $sum (f64.add ${get('sum')} (f64.promote_f32 (f32.load ${get('at')}))))
            ${set('at', add(get('at'), i32(4)))}
            (br_if $losses (local.tee $l ${sub(get('l'), i32(1))})))
          (f32.store ${get('loss')} (f32.demote_f64 (f64.div ${get('sum')} (f64.const ${R}))))`)}`,
    }),
  ].join('\n');
}
void zerosAt;
