/**
 * The queues of a training step: units of work that threads take as they come, by counters that each barrier empties.
 *
 *   packs     the weights of the layer that comes next, to the set that the layer before has left; who is done with its rows first packs most
 *   heads     of attention, where sequences straddle threads; otherwise each thread has its own
 *   updates   of a layer's weights, and with the first layer's those of all that is left
 */
import { type Layout, panelsOf, type Weight } from './steplayout.ts';
import { global, inTurn, mark, ofLayer, parameter, shared } from './stepstate.ts';
import { add, call, countdown, func, get, i32, set, sub, when, words } from './wat.ts';

/** Where the counters lie in scratch: two, as packs may follow updates without a barrier. */
export const counters = { units: 128, packs: 192 };

/** So many units, and what does number $u of them. */
interface Units {
  readonly op: string;
  readonly count: number;
  readonly work: string;
}

/** A function whose threads share the units; $u counts from 0 within each kind. */
function queue(name: string, params: readonly string[], kinds: readonly Units[], counter = counters.units): string {
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
        ${mark('rest')} ${set('u', call('take', i32(counter)))}
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
  const pack = (kind: 'F' | 'B', name: string, { O }: Weight, from: string, to: string): Units => ({
    op: kind === 'F' ? 'matmul_forward' : 'matmul_backward',
    count: panelsOf(O),
    work: call(`pack${kind}_${name}`, from, get('u'), to),
  });
  const l = get('l');
  const layer = Object.entries({ qkv, attproj, fc, fcproj });
  const packs = (kind: 'F' | 'B', l: string, to: string) =>
    layer.map(([name, weight]) => pack(kind, name, weight, ofLayer(weight.at, weight.O * weight.I, l), to));
  const forward = (l: string) => packs('F', l, inTurn(l, layout.setBytes));
  // The set that this layer had in the forward pass may still be in use when the last one's are packed.
  const backward = (l: string) => packs('B', l, inTurn(add(l, i32(1)), layout.setBytes));
  const head = [pack('F', 'wte', wte, parameter(wte.at), i32(0)), pack('B', 'wte', wte, parameter(wte.at), i32(0))];
  const heads = (name: string, params: readonly string[], op: string, work: string): string => {
    const own = `(i32.div_u ${i32(B * NH)} ${global('nthreads')})`;
    return [
      queue(`${name}Shared`, params, [{ op, count: B * NH, work }]),
      func({
        name,
        params: words(...params),
        locals: words('u', 'left'),
        body: when(
          global('whole'),
          `${mark(op)} ${set('left', own)} ${set('u', `(i32.mul ${global('tid')} ${own})`)}
          ${countdown('left', `${work} ${set('u', add(get('u'), i32(1)))}`)}`,
          `${mark('rest')} ${call('barrier')} ${call(`${name}Shared`, ...params.map(get))} ${mark('rest')} ${call('barrier')}`,
        ),
      }),
    ].join('\n');
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
    update('fcproj', fcproj, get('dx'), act(a.gelu)),
    update('fc', fc, grad(g.dfch), act(a.ln2)),
    update('qkv', qkv, grad(g.dqkv), act(a.ln1)),
    update('attproj', attproj, grad(g.dx2), act(a.atty)),
    norm(grad(g.dln2), act(a.x2), act(a.stats2), ofLayer(layout.ln2w, C), ofLayer(layout.ln2b, C)),
    norm(grad(g.dln1), act(a.x), act(a.stats1), ofLayer(layout.ln1w, C), ofLayer(layout.ln1b, C)),
  ];
  const last = [
    {
      op: 'matmul_backward encoder_backward adamw',
      count: panelsOf(wte.O),
      work: call('update_wte', get('u'), shared(layout.logits), shared(layout.lnf), parameter(wte.at), get('dembed')),
    },
    { op: 'encoder_backward adamw', count: Math.ceil(T / 16), work: call('updatePositions', get('u'), get('dembed')) },
    norm(
      shared(layout.dlnf),
      shared(layout.layers + L * layout.layerBytes + a.x),
      shared(layout.statsf),
      parameter(lnfw),
      parameter(lnfb),
    ),
  ];
  return [
    queue('firstPacks', [], L > 0 ? forward(i32(0)) : head, counters.packs),
    ...(L > 0
      ? [
          heads(
            'attention',
            ['act'],
            'attention_forward',
            call('headForward', get('u'), act(a.atty), act(a.att), act(a.qkv)),
          ),
          queue('packs', ['l'], forward(l), counters.packs),
          queue('lastPacks', [], [...head, ...backward(i32(L - 1))], counters.packs),
          heads(
            'attentionBack',
            ['act', 'grad'],
            'attention_backward',
            call('headBack', get('u'), grad(g.dqkv), shared(g.datty), act(a.atty), act(a.att), act(a.qkv)),
          ),
          queue('packsBack', ['l'], backward(l), counters.packs),
          queue('updates', ['l', 'act', 'grad', 'dx'], updates),
          queue('lastUpdates', ['l', 'act', 'grad', 'dx', 'dembed'], [...updates, ...last]),
        ]
      : [queue('lastUpdates', ['dembed'], last)]),
  ].join('\n');
}
