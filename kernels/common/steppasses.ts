/**
 * What the threads of a training step do one after the other: the start, a layer forward, the head, a layer backward. A thread works on its own
 * rows, and then takes part in packing what comes next. A barrier stands where it needs what others have made.
 */
import type { Layout, Weight } from './steplayout.ts';
import { panelsOf } from './steplayout.ts';
import { global, inTurn, mark, mine, ofLayer, own, parameter, shared } from './stepstate.ts';
import { add, call, each, func, get, i32, scaled, sub, when, words } from './wat.ts';

export function passes(layout: Layout): string {
  const { C, L, activations: a, gradients: g, weights, ln1w, ln1b, ln2w, ln2b, lnfw, lnfb } = layout;
  const { qkv, attproj, fc, fcproj } = weights;
  const act = (at: number) => mine(get('act'), at);
  const grad = (at: number) => mine(get('grad'), at);
  const once = (at: number) => mine(global('base'), at);
  const stats = (base: string, at: number) => add(add(base, i32(at)), scaled(global('lo'), 4));
  const rows = global('rows');
  const biasOf = ({ bias, O }: Weight) => {
    const from = ofLayer(bias ?? 0, O);
    // A row of 16 reads past the end of a ragged bias.
    if (O % 16 === 0) return from;
    const to = own(layout.own.bias);
    return `(block (result i32)
      (memory.fill ${add(to, i32(64 * (panelsOf(O) - 1)))} ${i32(0)} ${i32(64)})
      (memory.copy ${to} ${from} ${i32(4 * O)})
      ${to})`;
  };
  const normalize = (x: string, out: string, at: string, w: string, b: string) =>
    call('normalize', x, out, at, w, b, rows);
  const norm1 = (base: string, l: string) =>
    normalize(mine(base, a.x), mine(base, a.ln1), stats(base, a.stats1), ofLayer(ln1w, C, l), ofLayer(ln1b, C, l));
  const nextAct = add(get('act'), i32(layout.layerBytes));
  const packedForward = ({ forward }: Weight) => add(shared(forward), inTurn(get('l'), layout.setBytes));
  const packedBackward = ({ backward }: Weight) =>
    add(shared(backward), inTurn(add(get('l'), i32(1)), layout.setBytes));
  const lastX = mine(global('base'), layout.layers + L * layout.layerBytes + a.x);
  const lnf = (x: string) =>
    normalize(
      x,
      mine(global('base'), layout.lnf),
      stats(global('base'), layout.statsf),
      parameter(lnfw),
      parameter(lnfb),
    );
  const state = ['l', 'act', 'grad', 'dx'].map(get);
  const isLast = `(i32.eq ${get('l')} ${i32(L - 1)})`;
  /** Own rows of the last panel of an array that attention writes by columns: those that do not exist have to be zero. */
  const clear = (at: string, columns: number) =>
    columns % 16 === 0
      ? ''
      : `(memory.fill ${add(at, i32((panelsOf(columns) - 1) * layout.stride))} ${i32(0)} ${scaled(rows, 64)})`;
  const cleared = Array.from({ length: L }, (_, l) =>
    clear(mine(global('base'), layout.layers + l * layout.layerBytes + a.atty), C),
  );
  return [
    func({
      name: 'start',
      params: {},
      body: `
        ${when(`(i32.eqz ${global('tid')})`, call('link', global('tokens')))}
        ${call('firstPacks')}
        ${cleared.join('\n')} ${each(2, (i) => clear(once(layout.gradientsAt + i * layout.gradientBytes + g.dqkv), 3 * C))}
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
              ${mark('matmul_forward')} ${call('F_qkv', act(a.ln1), packedForward(qkv), act(a.qkv), biasOf(qkv))}
              ${call('attention', get('act'))}
              ${mark('matmul_forward residual_forward')} ${call('F_attproj', act(a.atty), packedForward(attproj), act(a.x2), biasOf(attproj), act(a.x))}
              ${mark('layernorm_forward')} ${normalize(act(a.x2), act(a.ln2), stats(get('act'), a.stats2), ofLayer(ln2w, C), ofLayer(ln2b, C))}
              ${mark('matmul_forward gelu_forward')} ${call('F_fc', act(a.ln2), packedForward(fc), act(a.slope), biasOf(fc), act(a.gelu))}
              ${mark('matmul_forward residual_forward')} ${call('F_fcproj', act(a.gelu), packedForward(fcproj), mine(nextAct, a.x), biasOf(fcproj), act(a.x2))}
              ${mark('layernorm_forward')} ${when(`(i32.eqz ${isLast})`, norm1(nextAct, add(get('l'), i32(1))))}
              ${mark('rest')} ${when(isLast, call('lastPacks'), call('packs', add(get('l'), i32(1))))}
              ${mark('rest')} ${call('barrier')}`,
          }),
          func({
            name: 'layerBackward',
            params: words('l', 'act', 'grad', 'dx'),
            body: `
              ${mark('matmul_backward gelu_backward')} ${call('D_fcproj', mine(get('dx'), 0), packedBackward(fcproj), grad(g.dfch), act(a.slope))}
              ${mark('matmul_backward')} ${call('D_fc', grad(g.dfch), packedBackward(fc), grad(g.dln2))}
              ${mark('residual_backward layernorm_backward')} ${call('normBack', grad(g.dx2), grad(g.dln2), act(a.x2), stats(get('act'), a.stats2), mine(get('dx'), 0), ofLayer(ln2w, C), rows)}
              ${mark('matmul_backward')} ${call('D_attproj', grad(g.dx2), packedBackward(attproj), once(g.datty))}
              ${call('attentionBack', get('act'), get('grad'))}
              ${mark('matmul_backward')} ${call('D_qkv', grad(g.dqkv), packedBackward(qkv), grad(g.dln1))}
              ${mark('residual_backward layernorm_backward')} ${call('normBack', act(a.slope), grad(g.dln1), act(a.x), stats(get('act'), a.stats1), grad(g.dx2), ofLayer(ln1w, C), rows)}
              ${mark('rest')} ${when(get('l'), call('packsBack', sub(get('l'), i32(1))))}
              ${mark('rest')} ${call('barrier')}
              ${when(get('l'), call('updates', ...state), call('lastUpdates', ...state, add(get('act'), i32(a.slope))))}`,
          }),
        ]
      : []),
    func({
      name: 'head',
      params: {},
      body: `
        ${mark('layernorm_forward')} ${lnf(lastX)}
        ${mark('matmul_forward')} ${call('F_wte', mine(global('base'), layout.lnf), shared(weights.wte.forward), mine(global('base'), layout.logits))}
        ${mark('crossentropy_softmax_forward crossentropy_softmax_backward')} ${call('lose', mine(global('base'), layout.logits), add(global('targets'), scaled(global('lo'), 4)), add(shared(layout.losses), scaled(global('lo'), 4)), rows)}
        ${mark('matmul_backward')} ${call('D_wte', mine(global('base'), layout.logits), shared(weights.wte.backward), mine(global('base'), layout.dlnf))}
        ${mark('layernorm_backward')} ${call('normBackLast', once(g.dx), mine(global('base'), layout.dlnf), lastX, stats(global('base'), layout.statsf), parameter(lnfw), rows)}`,
    }),
  ].join('\n');
}
