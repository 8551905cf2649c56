/** The commitment of a run: the seed follows from a secret, and neither can be chosen after its hash was printed. */
import { expect, test } from 'vitest';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { failed } from '../src/judge/failure.ts';
import { finding } from '../src/judge/inspect.ts';
import { drawnCases } from '../src/judge/plan.ts';
import { commitmentTo, makeSeed, maxSeed, seedOf } from '../src/judge/seed.ts';

test('the secret gives the hash and the seed; a seed that was given has neither', () => {
  const { seed, commitment } = makeSeed(undefined);
  expect(commitment?.secret).toMatch(/^[0-9a-f]{32}$/);
  expect(commitment?.hash).toBe(commitmentTo(commitment?.secret as string));
  expect(seed).toBe(seedOf(commitment?.secret as string));
  expect(makeSeed(undefined).seed).not.toBe(seed);
  expect(makeSeed(7)).toEqual({ seed: 7, commitment: null });
  for (let i = 0; i < 100; i++) {
    const drawn = makeSeed(undefined).seed;
    expect(Number.isInteger(drawn) && drawn >= 0 && drawn <= maxSeed).toBe(true);
  }
  const drawn = Array.from({ length: 100 }, () => makeSeed(undefined).seed);
  expect(Math.max(...drawn)).toBeGreaterThan(2 ** 45);
});

test('shapes follow from the seed, and differ from the listed ones', async () => {
  for (const name of opNames()) {
    const op = await loadOp(name);
    const names = (seed: number) => drawnCases(op, seed).map((c) => op.caseName(c));
    expect(names(1), name).toEqual(names(1));
    expect(names(1), name).not.toEqual(names(2));
    const listed = new Set([...op.cases, ...op.edges].map((c) => op.caseName(c)));
    expect(names(3).filter((c) => !listed.has(c)).length, name).toBeGreaterThan(3);
  }
});

test('a replay names what can be typed: a path where the file lies outside of kernels/, quoted where a shell needs it', async () => {
  const op = await loadOp('sgemm');
  const [c] = op.cases;
  const about = { seed: 5, replayFlags: ['--text', "it's mine.txt"], timed: { round: 1, calls: 7 } };
  const variant = { id: 'sgemm/x', selector: '../other/sgemm/x.ts' };
  const place = { op, case: c, distribution: 'normal' };
  expect(failed(finding('sketch', ''), variant, place, about)).toHaveProperty(
    'failure.replay',
    `npx nfold verify ../other/sgemm/x.ts --case ${op.caseName(c)} --seed 5 --text 'it'\\''s mine.txt' --timed 1:7`,
  );
});
