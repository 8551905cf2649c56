/** What the generator of sgemm chooses from the sizes of caches, for caches that this machine need not have. */
import { describe, expect, test } from 'vitest';
import { choice, planOf, type Shape, tunable } from '../kernels/common/gemmplan.ts';

const KiB = 1024;
const machines = {
  'AMD, 32 KiB of L1': { L1: 32 * KiB, L2: 512 * KiB, L3: 32 * KiB * KiB },
  'AMD, 1 MiB of L2': { L1: 32 * KiB, L2: 1024 * KiB, L3: 16 * KiB * KiB },
  'Intel, 48 KiB of L1': { L1: 48 * KiB, L2: 2048 * KiB, L3: 33 * KiB * KiB },
  'Intel, 105 MiB of L3': { L1: 48 * KiB, L2: 2048 * KiB, L3: 105 * KiB * KiB },
};
const shape = (M: number, N: number, K: number, more: Partial<Shape> = {}): Shape => {
  return { M, N, K, lda: K, ldb: N, ldc: N, transA: 0, transB: 0, ...more };
};

describe.each(Object.entries(machines))('%s', (_, caches) => {
  test.each([512, 1024])('the blocks of %i³ lie in the caches that they are meant for', (n) => {
    const plan = planOf(shape(n, n, n), choice(shape(n, n, n), caches, 6, 16));
    expect(4 * plan.MR * plan.kc).toBeLessThanOrEqual(0.75 * caches.L1);
    expect(4 * plan.mc * plan.kc).toBeLessThanOrEqual(caches.L2 / 4);
    expect(4 * plan.nc * plan.kc).toBeLessThanOrEqual(caches.L3 / 4);
    expect(plan.packsItself).toBe(true);
  });

  test.each([512, 1024])('a panel of B stays in half of L1 at %i³ with A transposed', (n) => {
    const transposed = shape(n, n, n, { transA: 1 });
    expect(4 * 16 * planOf(transposed, choice(transposed, caches, 6, 16)).kc).toBeLessThanOrEqual(caches.L1 / 2);
  });

  test.each([512, 1024])('the tuner reaches four depths of %i³, one of them with a panel in half of L1', (n) => {
    const own = choice(shape(n, n, n), caches, 6, 16);
    const depths = new Set([own.KC, ...tunable.KC].map((KC) => planOf(shape(n, n, n), { ...own, KC }).kc));
    expect(depths.size).toBeGreaterThanOrEqual(4);
    expect([...depths].some((kc) => 4 * 16 * kc <= caches.L1 / 2 && kc >= 128)).toBe(true);
  });

  test('operands that lie in L1 together are shared out by columns, if the panels come out even', () => {
    expect(choice(shape(64, 64, 64), caches, 6, 16)).toMatchObject({ split: 'N', order: 'N', packB: 0 });
    expect(choice(shape(64, 80, 32), caches, 6, 16).split).toBe('M');
    expect(choice(shape(128, 128, 128), caches, 6, 16).split).toBe('M');
  });
});

test('the tuner can choose the blocking of a small product, and leave it', () => {
  const { split, order, packB } = choice(shape(64, 64, 64), machines['AMD, 32 KiB of L1'], 6, 16);
  expect(tunable.split).toEqual(expect.arrayContaining([split, 'M']));
  expect(tunable.order).toEqual(expect.arrayContaining([order, 'M']));
  expect(tunable.packB).toContain(packB);
});
