/** The peers in C: they agree with the oracles, and where a machine lacks what they need they say so in one sentence. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { suites } from '../bench/suites.ts';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadPeer } from '../src/catalog/peers.ts';
import { loadText } from '../src/catalog/text.ts';
import { planChecks } from '../src/judge/plan.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { verify } from '../src/judge/verify.ts';

const names = ['plain-c', 'plain-c-openmp'];
const ops = suites.filter(({ slowPeers }) => slowPeers.includes('plain-c')).flatMap(({ ops }) => ops);

test('they claim sgemm, train_gpt2 and every op of lm_ops', () => {
  expect(ops).toEqual(suites.flatMap(({ ops }) => ops));
});

describe.each(ops)('%s', async (name) => {
  const op = await loadOp(name);
  test.each(names)('%s agrees with the oracle at the edges', async (id) => {
    const peer = await loadPeer(id, name);
    const checks = planChecks(op, op.edges, { seed: 5, repeats: 1, timedShapes: false });
    const verdicts = await verify({
      op,
      oracle: await loadOracle(name),
      baseline: await buildBaseline(name),
      variants: [peer],
      checks,
      seed: 5,
      threads: 2,
      text: loadText(undefined, [op]).bytes,
    });
    const verdict = verdicts.get(id)!;
    expect(verdictText(verdict as never)).toBe('pass');
  });
});
