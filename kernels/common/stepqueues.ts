/**
 * The queues of a training step: units of work that threads take as they come, by a counter that each barrier empties.
 *
 *   forward    heads of attention, and packing: of what the rest of the layer needs, and of the next layer's qkv
 *   backward   heads, and packing for the layer before; then a layer's updates, and with the first layer's those of all that is left
 */
import { type Layout, panelsOf, type Weight } from './steplayout.ts';
import { mark, ofLayer, parameter, shared } from './stepstate.ts';
import { add, call, func, get, i32, set, sub, when, words } from './wat.ts';

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
        when(
          `(i32.lt_u ${get('u')} ${i32(count)})`,
          `${mark(op)} ${work}`,
          `${set('u', sub(get('u'), i32(count)))} ${rest}`,
        ),
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

export function queues(layout: Layout): string {
  const { B, T, L, C, NH, activations: a, gradients: g, weights, lnfw, lnfb } = layout;
  const { qkv, attproj, fc, fcproj, wte } = weights;
  const Cp = panelsOf(C);
  const act = (at: number) => add(get('act'), i32(at));
  const grad = (at: number) => add(get('grad'), i32(at));
  const pack = (kind: 'F' | 'B', name: string, { at, O, I }: Weight, l: string): Units => ({
    op: kind === 'F' ? 'matmul_forward' : 'matmul_backward',
    count: panelsOf(O),
    work: call(`pack${kind}_${name}`, name === 'wte' ? parameter(at) : ofLayer(at, O * I, l), get('u')),
  });
  const l = get('l');
  const next = add(l, i32(1));
  const before = sub(l, i32(1));
  const ofThis = [pack('F', 'fc', fc, l), pack('F', 'fcproj', fcproj, l), pack('F', 'attproj', attproj, l)];
  const back = (l: string) => [
    pack('B', 'fcproj', fcproj, l),
    pack('B', 'fc', fc, l),
    pack('B', 'attproj', attproj, l),
  ];
  const head = [pack('F', 'wte', wte, l), pack('B', 'wte', wte, l)];
  const heads: Units = {
    op: 'attention_forward',
    count: B * NH,
    work: call('headForward', get('u'), act(a.atty), act(a.att), act(a.qkv)),
  };
  const headsBack: Units = {
    op: 'attention_backward',
    count: B * NH,
    work: call('headBack', get('u'), shared(g.dqkv), shared(g.datty), act(a.atty), act(a.att), act(a.qkv)),
  };
  const update = (name: string, weight: Weight, dout: string, inp: string): Units => ({
    op: 'matmul_backward adamw',
    count: panelsOf(weight.O),
    work: call(
      `update_${name}`,
      get('u'),
      dout,
      inp,
      ofLayer(weight.at, weight.O * weight.I),
      ofLayer(weight.bias ?? 0, weight.O),
    ),
  });
  const norm = (dout: string, inp: string, stats: string, w: string, b: string): Units => ({
    op: 'layernorm_backward adamw',
    count: Cp,
    work: call('updateNorm', get('u'), dout, inp, stats, w, b),
  });
  const updates = [
    update('fcproj', fcproj, grad(g.dx), act(a.gelu)),
    update('fc', fc, grad(g.dfch), act(a.ln2)),
    update('qkv', qkv, shared(g.dqkv), act(a.ln1)),
    update('attproj', attproj, grad(g.dx2), act(a.atty)),
    norm(grad(g.dln2), act(a.x2), act(a.stats2), ofLayer(layout.ln2w, C), ofLayer(layout.ln2b, C)),
    norm(shared(g.dln1), act(a.x), act(a.stats1), ofLayer(layout.ln1w, C), ofLayer(layout.ln1b, C)),
  ];
  const last = [
    {
      op: 'matmul_backward encoder_backward adamw',
      count: panelsOf(wte.O),
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
