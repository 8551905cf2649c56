/**
 * The ops of a training step, one by one: the frozen baseline is right, every candidate is, and what is wrong is found.
 *
 * Wrong, for each output by itself: all of it rounded to bf16, or its last changed element left as it was before the call.
 */

import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { build, buildBaseline } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import type { Candidate } from '../src/contract/candidate.ts';
import type { AnyOp, Case, Tensors } from '../src/contract/op.ts';
import type { Oracle } from '../src/contract/oracle.ts';
import { compose } from '../src/judge/compose.ts';
import type { Image } from '../src/judge/image.ts';
import { expectationOf, inspect } from '../src/judge/inspect.ts';
import { planChecks } from '../src/judge/plan.ts';
import { deriveSeed } from '../src/judge/seed.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { verify } from '../src/judge/verify.ts';
import { startUnderFlags } from './support/here.ts';
import { namesOf } from './support/lm-ops.ts';

const ops = suites.find(({ name }) => name === 'lm_ops')?.ops ?? [];
const seed = 20261123;
const noText = new Uint8Array();
const { candidates, problems } = scan();

/** What setup takes from here holds NaN, so that scratch which is read before it is written shows. */
const arena = {
  f32: (length: number) => new Float32Array(length).fill(Number.NaN),
  i32: (length: number) => new Int32Array(length).fill(-1),
};

/** Does to the outputs, after the baseline's call, what a wrong kernel would have done. */
type Mischief = (after: Tensors, before: Tensors) => void;

interface Subject {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Candidate;
}

/** The first thing found wrong, or null. */
function judge({ op, oracle, baseline }: Subject, c: Case, distribution: string, repeat: number, mischief?: Mischief) {
  const imageSeed = deriveSeed(seed, op.name, op.caseName(c), distribution, repeat);
  const image = compose({ op, case: c, distribution, text: noText }, imageSeed);
  const truths = oracle.truths(c.dims, image.scalars, image.tensors);
  const expectation = expectationOf(image, truths, null);
  const tensors = Object.fromEntries(Object.entries(image.tensors).map(([key, x]) => [key, x.slice()]));
  const before: Image = { ...image, bytes: image.bytes.slice(), tensors };
  baseline.setup(c.dims, arena)(image.tensors, image.scalars);
  mischief?.(image.tensors, before.tensors);
  const inspection = inspect(before, image.bytes, expectation);
  return 'finding' in inspection ? inspection.finding : null;
}

/** bf16 keeps the upper half of a float's bits; rounded to nearest. */
function toBf16(values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] + 0x7fff + ((bits[i] >>> 16) & 1)) & 0xffff0000;
}

function undoLast(after: Tensors[string], before: Tensors[string]): void {
  let i = after.length - 1;
  while (i >= 0 && Object.is(after[i], before[i])) i--;
  after[i] = before[i];
}

afterAll(stopCompiler);

test('every file in the folders of these ops is a candidate', () => {
  expect(problems.filter(({ op }) => op && ops.includes(op))).toEqual([]);
});

describe.each(ops)('%s', async (name) => {
  const op = await loadOp(name);
  const oracle = await loadOracle(name);
  const { default: baseline } = await import(`../baselines/${name}/baseline.ts`);
  const subject: Subject = { op, oracle, baseline };
  const outputs = [...namesOf(op, 'out'), ...namesOf(op, 'inout')];

  test.each(op.distributions)('the baseline stays within its bounds, %s', (distribution) => {
    for (const c of op.edges) {
      for (let repeat = 0; repeat < 3; repeat++) {
        expect(judge(subject, c, distribution, repeat), op.caseName(c)).toBeNull();
      }
    }
  });

  describe('found wrong', () => {
    const [distribution] = op.distributions;
    const largest = op.edges.reduce((a, b) => (op.flop(a.dims) >= op.flop(b.dims) ? a : b));

    test.each(outputs)('%s in bf16', (output) => {
      const found = judge(subject, largest, distribution, 0, (after) => toBf16(after[output] as Float32Array));
      expect(found).toMatchObject({ reason: 'differs', where: expect.stringContaining(`${output}[`) });
    });

    test.each(outputs)('%s with its last element as it was', (output) => {
      const found = judge(subject, largest, distribution, 0, (after, before) =>
        undoLast(after[output], before[output]),
      );
      expect(found).toMatchObject({ reason: 'differs', where: expect.stringContaining(`${output}[`) });
    });
  });

  // test/slow/lm-ops.test.ts makes all of the checks.
  test('there are candidates, and all of them pass on two threads', async () => {
    const own = candidates.filter((candidate) => candidate.op === name);
    expect(own.length).toBeGreaterThan(0);
    const verdicts = await verify({
      op,
      oracle,
      baseline: await buildBaseline(name),
      variants: await Promise.all(own.map(build)),
      checks: planChecks(op, op.edges, { seed, repeats: 1, timedShapes: false }).filter((_, i) => i % 4 === 0),
      start: startUnderFlags,
      seed,
      threads: Math.min(2, availableParallelism()),
      text: noText,
    });
    for (const [id, verdict] of verdicts) expect(verdict.status, `${id}: ${verdictText(verdict)}`).toBe('pass');
  });
});
