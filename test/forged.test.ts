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
import { planCalls, type RoundInputs, roundInputs } from '../src/judge/inputs.ts';
import { compareRepeat, expectationOf, inspect } from '../src/judge/inspect.ts';
import { StepJudge } from '../src/judge/steps.ts';
import { type TimedCalls, type TimedInspection, TimedJudge } from '../src/judge/timed.ts';

const calls = 12;
const seed = 20261125;
const text = Uint8Array.from({ length: 4096 }, (_, i) => 32 + ((i * i) % 90));

const sgemm = { M: 16, N: 24, K: 40, lda: 43, ldb: 27, ldc: 29, transA: 0, transB: 0 };
const cases: readonly (readonly [op: string, dims: Record<string, number> | null])[] = [
  ['sgemm', sgemm],
  ['matmul_forward', { B: 2, T: 8, C: 24, OC: 16 }],
  ['matmul_backward', { B: 2, T: 8, C: 24, OC: 16 }],
  ['gelu_forward', { N: 67 }],
  ['layernorm_forward', { B: 2, T: 3, C: 13 }],
  ['attention_forward', { B: 2, T: 7, C: 12, NH: 3 }],
  ['adamw', { N: 67 }],
  ['train_gpt2', null],
];

interface Honest {
  readonly op: AnyOp;
  readonly c: Case;
  readonly oracle: Oracle;
  readonly inputs: RoundInputs;
  /** Inspects the timed calls as a round does, or with all of them in full. */
  inspect(calls: TimedCalls, all?: boolean): TimedInspection;
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

async function honest(opName: string, dims: Record<string, number> | null): Promise<Honest> {
  const [op, oracle] = await Promise.all([loadOp(opName), loadOracle(opName)]);
  const c: Case = dims ? { dims, scalars: op.cases[0].scalars } : op.edges[2];
  const inputs = roundInputs({ op, seed, text }, c, { round: 0, calls });
  const planned = planCalls(inputs, calls, 'x');
  const after: Uint8Array[] = [];
  for (const { call, image } of planned) {
    const before = image ?? imageOf(overwritten(after.at(-1) ?? inputs.warm.bytes, call.writes), inputs.warm);
    after.push(truthful({ op, c, oracle }, before));
  }
  const inspect = (timed: TimedCalls, all = false) =>
    op.carries
      ? new StepJudge(oracle, inputs).inspect(timed, all ? null : 0.5)
      : new TimedJudge(oracle, inputs, all).inspect(timed);
  return { op, c, oracle, inputs, inspect, planned, after };
}

function readOf(planned: readonly { readonly call: Call }[], after: readonly Uint8Array[]) {
  return planned.map(({ call }, i) => call.reads.map(({ offset, length }) => after[i].slice(offset, offset + length)));
}

const inspectTimed = ({ inspect, planned }: Honest, after: readonly Uint8Array[], all = false) =>
  inspect({ planned, reads: readOf(planned, after) }, all);

const forgeries = ['NaN', 'infinite', 'not written', 'off by a thousandth'] as const;
const places = ['first', 'last', 'anywhere'] as const;

describe.each(cases)('%s, %j', (opName, dims) => {
  let fine: Honest;
  beforeAll(async () => {
    fine = await honest(opName, dims);
  });

  const outputsOf = ({ op }: Honest) =>
    Object.keys(op.tensors).filter((n) => (op.tensors[n] as TensorSpec).role !== 'in');
  const layout = () => fine.inputs.warm.layout;
  const looked = () => [...fine.planned.keys()];

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
    expect(inspection).toEqual({ worst: expect.any(Number), full: expect.any(Array) });
    const share = fine.op.carries ? 0 : fine.oracle.sketch ? 2 : calls;
    expect('full' in inspection && inspection.full.length).toBeGreaterThanOrEqual(share);
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
    const [image] = fine.inputs.images;
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
    const [image] = fine.inputs.images;
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
    const fine = await honest('sgemm', sgemm);
    const i = 3;
    // Which calls are compared in full is drawn anew each time: some draw leaves this call to the sketch.
    const inspections = (after: readonly Uint8Array[]) =>
      how === 'in full'
        ? [inspectTimed(fine, after, true)]
        : Array.from({ length: 12 }, () => inspectTimed(fine, after));
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
      // A canary is seen to the last bit either way; of other elements, a projection sees what exceeds the rounding of a row.
      const isSeen = how === 'in full' || bounds[at] === 0;
      C[at] += isSeen ? Math.max(2 ** -22 * Math.max(1, Math.abs(C[at])), 2.1 * bounds[at]) : 2e-2;
      for (const inspection of inspections(forged))
        expect(inspection, `C[${at}]`).toHaveProperty('finding.where', expect.stringContaining(`call ${i + 1}`));
    }
    const pads = Array.from({ length: M * ldc }, (_, at) => at).filter((at) => at % ldc >= N);
    for (const at of pads) {
      const forged = fine.after.map((bytes) => bytes.slice());
      tensorsOf(forged[i], image.layout).C[at] = 0;
      const reasons = inspections(forged).map((inspection) => 'finding' in inspection && inspection.finding.reason);
      expect(reasons, `C[${at}]`).toContain(how === 'in full' ? 'differs' : 'sketch');
      expect(reasons, `C[${at}]`).not.toContain(false);
    }
  });
});

test('a training step that is near the reference needs no truth; one that is not gets it', async () => {
  const fine = await honest('train_gpt2', null);
  let truths = 0;
  const oracle = {
    ...fine.oracle,
    truths: (...given: Parameters<Oracle['truths']>) => {
      truths++;
      return fine.oracle.truths(...given);
    },
  };
  const timed = { planned: fine.planned, reads: readOf(fine.planned, fine.after) };
  expect(new StepJudge(oracle, fine.inputs).inspect(timed, 0)).toMatchObject({ full: [] });
  expect(truths).toBe(0);
  const far = { ...oracle, near: () => Number.NaN };
  expect(new StepJudge(far, fine.inputs).inspect(timed, 0)).toHaveProperty('worst');
  expect(truths).toBe(calls);
});

test('a training step that was skipped fails, whichever it is and whatever loss it tells', async () => {
  const fine = await honest('train_gpt2', null);
  for (let i = 1; i < calls; i++) {
    const before = imageOf(overwritten(fine.after[i - 1], fine.planned[i].call.writes), fine.inputs.warm);
    const after = before.bytes.slice();
    const loss = (bytes: Uint8Array) => tensorsOf(bytes, before.layout).loss;
    loss(after)[0] = loss(fine.after[i])[0];
    const lazy = fine.after.with(i, after);
    expect(inspectTimed(fine, lazy)).toHaveProperty('finding.where', expect.stringContaining(`timed call ${i + 1}`));
  }
});

test('a result that changed after it was handed over', async () => {
  const fine = await honest('gelu_forward', { N: 67 });
  const reads = readOf(fine.planned, fine.after);
  for (const changedLater of [0, 5, calls - 1]) {
    const inspection = fine.inspect({ planned: fine.planned, reads, changedLater });
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
