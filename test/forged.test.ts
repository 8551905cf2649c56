/**
 * The verifier's own bugs: results are forged, one element of one call at a time, and each forgery must be seen in the call that it is
 * in. What comes back from a cell is bytes, so no cell is needed.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { CellArena } from '../src/cell/arena.ts';
import { guardsOf } from '../src/cell/layout.ts';
import type { Call } from '../src/cell/protocol.ts';
import { sample } from '../src/cell/sampler.ts';
import type { AnyOp, Case, TensorSpec } from '../src/contract/op.ts';
import type { Oracle } from '../src/contract/oracle.ts';
import { overwritten } from '../src/judge/batch.ts';
import { type Image, imageOf, poison, tensorsOf } from '../src/judge/image.ts';
import { planCalls, roundInputs } from '../src/judge/inputs.ts';
import { compareRepeat, expectationOf, inspect } from '../src/judge/inspect.ts';
import { TimedJudge } from '../src/judge/timed.ts';

const calls = 12;
const seed = 20261125;
const text = Uint8Array.from({ length: 4096 }, (_, i) => 32 + ((i * i) % 90));

const sgemm = { M: 16, N: 24, K: 40, lda: 43, ldb: 27, ldc: 29, transA: 0, transB: 0 };
const cases: readonly (readonly [op: string, dims: Record<string, number> | null, round: number])[] = [
  ['sgemm', sgemm, 0],
  ['matmul_forward', { B: 2, T: 8, C: 24, OC: 16 }, 0],
  ['matmul_backward', { B: 2, T: 8, C: 24, OC: 16 }, 0],
  ['gelu_forward', { N: 67 }, 0],
  ['layernorm_forward', { B: 2, T: 3, C: 13 }, 0],
  ['attention_forward', { B: 2, T: 7, C: 12, NH: 3 }, 0],
  ['adamw', { N: 67 }, 0],
  // A step from a drawn state in one of these rounds, and one from a carried state in the other.
  ['train_gpt2', null, 0],
  ['train_gpt2', null, 1],
];

interface Honest {
  readonly op: AnyOp;
  readonly c: Case;
  readonly oracle: Oracle;
  readonly judge: TimedJudge;
  readonly planned: ReturnType<typeof planCalls>;
  /** What each call leaves in the arena, all of it. */
  readonly after: readonly Uint8Array[];
}

/** Results as an honest kernel leaves them: the truth, rounded once. */
function truthful({ op, c, oracle }: Pick<Honest, 'op' | 'c' | 'oracle'>, before: Image): Uint8Array {
  const after = before.bytes.slice();
  const truths = oracle.truths(c.dims as never, before.scalars as never, before.tensors as never);
  for (const [name, values] of Object.entries(tensorsOf(after, before.layout))) {
    if ((op.tensors[name] as TensorSpec).role !== 'in') values.set(truths[name].want);
  }
  return after;
}

async function honest(opName: string, dims: Record<string, number> | null, round: number): Promise<Honest> {
  const [op, oracle] = await Promise.all([loadOp(opName), loadOracle(opName)]);
  const c: Case = dims ? { dims, scalars: op.cases[0].scalars } : op.edges[2];
  const inputs = roundInputs({ op, seed, text }, c, { round, calls });
  const planned = planCalls(inputs, calls, 'x');
  const after: Uint8Array[] = [];
  for (const { call, image } of planned) {
    const before = image ?? imageOf(overwritten(after.at(-1) ?? inputs.warm.bytes, call.writes), inputs.warm);
    after.push(truthful({ op, c, oracle }, before));
  }
  const baseline = op.carries ? { planned, reads: readOf(planned, after) } : undefined;
  const judge = new TimedJudge(oracle, inputs, baseline);
  return { op, c, oracle, judge, planned, after };
}

function readOf(planned: readonly { readonly call: Call }[], after: readonly Uint8Array[]) {
  return planned.map(({ call }, i) => call.reads.map(({ offset, length }) => after[i].slice(offset, offset + length)));
}

const inspectTimed = ({ judge, planned }: Honest, after: readonly Uint8Array[]) =>
  judge.inspect('x', { planned, reads: readOf(planned, after) });

const forgeries = ['NaN', 'infinite', 'not written', 'off by a thousandth'] as const;
const places = ['first', 'last', 'anywhere'] as const;

describe.each(cases)('%s, %j, round %i', (opName, dims, round) => {
  let fine: Honest;
  beforeAll(async () => {
    fine = await honest(opName, dims, round);
  });

  const outputsOf = ({ op }: Honest) =>
    Object.keys(op.tensors).filter((n) => (op.tensors[n] as TensorSpec).role !== 'in');
  const layout = () => fine.judge.inputs.warm.layout;
  /** The calls whose results are looked at whole: all of them, where the op carries no state. */
  const looked = () => fine.planned.flatMap(({ image, carried }, i) => (carried || (image && seen(i)) ? [i] : []));
  const seen = (i: number) => !fine.op.carries || fine.planned[i].call.reads[0].length === layout().bytes;

  function forge(i: number, change: (after: Uint8Array) => void): readonly Uint8Array[] {
    return fine.after.map((bytes, call) => {
      if (call !== i) return bytes;
      const copy = bytes.slice();
      change(copy);
      return copy;
    });
  }

  test('honest results pass, a tenth of them or more looked at in full', () => {
    const inspection = inspectTimed(fine, fine.after);
    expect(inspection).toEqual({ worst: expect.any(Number), full: expect.any(Number) });
    expect('full' in inspection && inspection.full).toBeGreaterThanOrEqual(1);
  });

  test('an element of any output in any call', () => {
    const [{ op }, all] = [fine, looked()];
    const some = fc.record({
      i: fc.oneof(fc.constantFrom(all[0], all[all.length - 1]), fc.constantFrom(...all)),
      name: fc.constantFrom(...outputsOf(fine)),
      place: fc.constantFrom(...places),
      at: fc.nat(),
      how: fc.constantFrom(...forgeries),
    });
    fc.assert(
      fc.property(some, ({ i, name, place, at, how }) => {
        const forged = forge(i, (bytes) => {
          const values = tensorsOf(bytes, layout())[name] as Float32Array;
          const j = place === 'first' ? 0 : place === 'last' ? values.length - 1 : at % values.length;
          const size = values.reduce((sum, x) => sum + Math.abs(x), 0) / values.length;
          if (how === 'NaN') values[j] = Number.NaN;
          else if (how === 'infinite') values[j] = Number.POSITIVE_INFINITY;
          else if (how === 'not written') new Int32Array(values.buffer, values.byteOffset)[j] = poison;
          else values[j] += 1e-3 * size;
        });
        const inspection = inspectTimed(fine, forged);
        // A step from a forged state is off as well, but comes later.
        expect(inspection).toHaveProperty('finding.where', expect.stringContaining(`timed call ${i + 1}`));
        expect(['differs', 'sketch', 'not updated']).toContain('finding' in inspection && inspection.finding.reason);
      }),
      { numRuns: op.carries ? 40 : 150, seed },
    );
  });

  test('a bit of an input or of the bytes between tensors', () => {
    const { op } = fine;
    const inputs = layout().slots.filter(
      ({ name, length }) => (op.tensors[name] as TensorSpec).role === 'in' && length > 0,
    );
    const stretches = [
      ...inputs.map(({ offset, length }) => ({ from: offset, to: offset + 4 * length, reason: 'input changed' })),
      ...guardsOf(layout()).map(([from, to]) => ({ from, to, reason: 'wrote outside' })),
    ];
    const some = fc.record({
      i: fc.constantFrom(...looked()),
      stretch: fc.constantFrom(...stretches),
      place: fc.constantFrom(...places),
      at: fc.nat(),
      bit: fc.nat(7),
    });
    fc.assert(
      fc.property(some, ({ i, stretch: { from, to, reason }, place, at, bit }) => {
        const j = place === 'first' ? from : place === 'last' ? to - 1 : from + (at % (to - from));
        const inspection = inspectTimed(
          fine,
          forge(i, (bytes) => {
            bytes[j] ^= 1 << bit;
          }),
        );
        expect(inspection).toMatchObject({
          finding: { reason, where: expect.stringContaining(`timed call ${i + 1}`) },
        });
      }),
      { numRuns: op.carries ? 40 : 150, seed },
    );
  });

  test('two calls on the same bytes that differ in a bit', () => {
    const [image] = fine.judge.inputs.drawn;
    const first = truthful(fine, image);
    fc.assert(
      fc.property(fc.nat(first.length - 1), fc.nat(7), (j, bit) => {
        const second = first.slice();
        second[j] ^= 1 << bit;
        expect(compareRepeat(image, first, second)).not.toBeNull();
      }),
      { numRuns: 100, seed },
    );
    expect(compareRepeat(image, first, first.slice())).toBeNull();
  });

  test('a truth that is no number lets nothing through', () => {
    const { c, oracle } = fine;
    const [image] = fine.judge.inputs.drawn;
    const [name] = outputsOf(fine);
    const after = truthful(fine, image);
    for (const at of ['want', 'bound'] as const) {
      const truths = oracle.truths(c.dims as never, image.scalars as never, image.tensors as never);
      const expectation = expectationOf(image, truths, after);
      expect(inspect(image, after, expectation)).toHaveProperty('worst');
      (at === 'want' ? truths[name].want : expectation.bounds[name])[0] = Number.NaN;
      expect(inspect(image, after, expectation)).toHaveProperty('finding.reason', 'differs');
    }
  });
});

describe('sgemm, element by element', () => {
  test.each(['in full', 'by sketch'])('each class of element of a call that is looked at %s', async (how) => {
    const fine = await honest('sgemm', sgemm, 0);
    const i = fine.planned.findIndex(({ drawn }) => drawn === (how === 'in full'));
    const image = fine.planned[i].image as Image;
    const truths = fine.oracle.truths(sgemm as never, image.scalars as never, image.tensors as never);
    const bounds = expectationOf(image, truths, null).bounds.C;
    const { M, N, ldc } = sgemm;
    const inside = Array.from(bounds, (bound, at) => ({ bound, at })).filter(({ at }) => at % ldc < N);
    const canaries = inside.filter(({ bound }) => bound === 0);
    expect(canaries.length).toBeGreaterThanOrEqual(64);
    const elements = [0, N - 1, (M - 1) * ldc, (M - 1) * ldc + N - 1, 5, 5 * ldc, ...canaries.map(({ at }) => at)];
    for (const at of elements) {
      const forged = fine.after.map((bytes) => bytes.slice());
      const { C } = tensorsOf(forged[i], image.layout);
      // A canary is seen in full to the last bit; a projection sees what is larger than the rounding of a row.
      C[at] += how === 'in full' ? Math.max(2 ** -22 * Math.max(1, Math.abs(C[at])), 2.1 * bounds[at]) : 1e-3;
      expect(inspectTimed(fine, forged), `C[${at}]`).toHaveProperty(
        'finding.where',
        expect.stringContaining(`call ${i + 1}`),
      );
    }
    const pads = Array.from({ length: M * ldc }, (_, at) => at).filter((at) => at % ldc >= N);
    for (const at of pads) {
      const forged = fine.after.map((bytes) => bytes.slice());
      tensorsOf(forged[i], image.layout).C[at] = 0;
      expect(inspectTimed(fine, forged), `C[${at}]`).toHaveProperty(
        'finding.reason',
        how === 'in full' ? 'differs' : 'sketch',
      );
    }
  });
});

test('a training step that is not looked at whole still has to have a finite loss', async () => {
  const fine = await honest('train_gpt2', null, 0);
  const i = fine.planned.findIndex(({ image, call }) => !image && call.reads[0].length === 4);
  const forged = fine.after.map((bytes) => bytes.slice());
  tensorsOf(forged[i], fine.judge.inputs.warm.layout).loss[0] = Number.NaN;
  expect(inspectTimed(fine, forged)).toMatchObject({ finding: { reason: 'not finite' } });
});

test('a result that changed after it was handed over', async () => {
  const fine = await honest('gelu_forward', { N: 67 }, 0);
  const reads = readOf(fine.planned, fine.after);
  for (const changedLater of [0, 5, calls - 1]) {
    const inspection = fine.judge.inspect('x', { planned: fine.planned, reads, changedLater });
    expect(inspection).toMatchObject({ finding: { reason: 'changed later', where: `timed call ${changedLater + 1}` } });
  }
});

test('what goes on after a call has returned is noticed by the cell', async () => {
  const arena = new CellArena();
  arena.reset(64);
  const all = { offset: 0, length: 64 };
  const call = { writes: [{ offset: 0, bytes: new Uint8Array(64) }], reads: [all] };
  const run = (after: () => void) => {
    const kernel = { before() {}, call: () => void setImmediate(after), after() {} };
    return sample(kernel, arena, { calls: [call, call, call] });
  };
  expect((await run(() => {})).changedLater).toBeUndefined();
  expect((await run(() => arena.zero(0, 4))).changedLater).toBeUndefined();
  expect((await run(() => arena.write([{ offset: 60, bytes: Uint8Array.of(1) }]))).changedLater).toBe(2);
});
