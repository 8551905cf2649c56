/** The verifier against kernels that cheat, each of which must fail for its stated reason, and odd ones that must pass. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildBaseline } from '../src/build/build.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { packageRoot } from '../src/catalog/places.ts';
import { loadText } from '../src/catalog/text.ts';
import type { AnyOp } from '../src/contract/op.ts';
import { type Verdict, verdictText } from '../src/verify/verdict.ts';
import { planChecks, verify } from '../src/verify/verify.ts';
import { kernelsIn, variantFrom } from './support/variants.ts';

const cheats = { sgemm: kernelsIn('adversaries/sgemm'), train_gpt2: kernelsIn('adversaries/train_gpt2') };
const honest = kernelsIn('odd-but-honest/sgemm');
const verdicts = new Map<string, Verdict>();

async function judge(name: 'sgemm' | 'train_gpt2', files: readonly string[], cases: (op: AnyOp) => AnyOp['edges']) {
  const op = await loadOp(name);
  const variants = await Promise.all(files.map(variantFrom));
  const found = await verify({
    op,
    oracle: await loadOracle(name),
    baseline: await buildBaseline(name),
    variants,
    checks: planChecks(op, cases(op), 1, false),
    seed: 20261123,
    threads: 1,
    text: loadText(undefined, [op]).bytes,
    limitMs: 5000,
  });
  for (const [id, verdict] of found) verdicts.set(`${id}.ts`, verdict);
}

/** The head comment's `Caught` line: a reason, and for some the tensor it must name. */
function statedReason(file: string): string {
  const text = readFileSync(join(packageRoot, 'test', file), 'utf8');
  return /^ \* Caught {3}(.+)$/m.exec(text)?.[1] ?? 'no reason stated';
}

beforeAll(async () => {
  await judge('sgemm', [...cheats.sgemm, ...honest], (op) => op.edges);
  await judge('train_gpt2', cheats.train_gpt2, (op) => op.edges.slice(2));
});

describe('cheats fail for their stated reason', () => {
  test.each([...cheats.sgemm, ...cheats.train_gpt2])('%s', (file) => {
    const verdict = verdicts.get(file) as Verdict;
    const [reason, where] = statedReason(file).split(': ');
    expect(verdict.status).not.toBe('pass');
    if (verdict.status === 'fail') {
      expect(verdict.failure.reason).toBe(reason);
      if (where) expect(verdict.failure.where).toContain(where);
      expect(verdict.failure.replay).toContain(`--case ${verdict.failure.case} --seed 20261123`);
    } else expect(verdictText(verdict)).toContain(reason);
  });
});

describe('odd but honest kernels pass', () => {
  test.each(honest)('%s', (file) => {
    const verdict = verdicts.get(file) as Verdict;
    expect(verdictText(verdict)).toBe('pass');
  });
});
