/** The commitment of a run: the seed follows from a secret, and neither can be chosen after its hash was printed. */
import { expect, test } from 'vitest';
import { loadOp, opNames } from '../src/catalog/ops.ts';
import { makeRng } from '../src/contract/rng.ts';
import { failed } from '../src/judge/failure.ts';
import { finding } from '../src/judge/inspect.ts';
import { drawnCases } from '../src/judge/plan.ts';
import { commitmentTo, deriveSeed, makeSeed, seedOf } from '../src/judge/seed.ts';

test('the secret gives the hash and the seed; a seed that was given has neither', () => {
  const { seed, commitment } = makeSeed(undefined);
  expect(commitment?.secret).toMatch(/^[0-9a-f]{32}$/);
  expect(commitment?.hash).toBe(commitmentTo(commitment?.secret as string));
  expect(seed).toBe(seedOf(commitment?.secret as string));
  expect(makeSeed(undefined).seed).not.toBe(seed);
  expect(makeSeed(7)).toEqual({ seed: 7, commitment: null });
  for (let i = 0; i < 100; i++) expect(makeSeed(undefined).seed).toMatch(/^[0-9a-f]{32}$/);
});

test('a seed has 128 bits, derived ones too, and repeats the draws; each word is as likely as others', () => {
  const [own, other] = [deriveSeed(7, 'a', 1), deriveSeed(7, 'a', 2)];
  expect(own).toMatch(/^[0-9a-f]{32}$/);
  expect(own).not.toBe(other);
  const draws = (seed: string | number) => {
    const rng = makeRng(seed);
    return Array.from({ length: 40_000 }, () => rng.int(0, 9));
  };
  expect(draws(own)).toEqual(draws(own));
  expect(draws(own)).not.toEqual(draws(other));
  const counts = draws(own).reduce((sums, n) => sums.with(n, sums[n] + 1), Array<number>(10).fill(0));
  // Six standard deviations.
  for (const count of counts) expect(Math.abs(count - 4000)).toBeLessThan(6 * 60);
  const rng = makeRng(1);
  expect(rng.int(5, 5)).toBe(5);
  expect(rng.fork().bits()).not.toBe(rng.fork().bits());
  expect(() => rng.int(2, 1)).toThrow('cannot draw');
  const normals = Array.from({ length: 40_000 }, () => rng.normal());
  expect(Math.abs(normals.reduce((sum, x) => sum + x, 0) / 40_000)).toBeLessThan(6 / 200);
  expect(Math.abs(normals.reduce((sum, x) => sum + x * x, 0) / 40_000 - 1)).toBeLessThan((6 * Math.SQRT2) / 200);
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
