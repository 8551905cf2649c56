/** A kernel that knows which calls are compared in full takes longer in those. */
import { expect, test } from 'vitest';
import { foreseen } from '../src/analysis/audits.ts';
import { makeRng, type Rng } from '../src/contract/rng.ts';

/** Three rounds of five cases, of 12 calls each, of which two are compared in full. `time`: of a call, by whether it is. */
function audits(rng: Rng, time: (full: boolean, i: number) => number) {
  return Array.from({ length: 15 }, (_, n) => {
    const chosen = new Set([rng.int(0, 11), rng.int(0, 11)]);
    const part = (is: boolean) =>
      Array.from({ length: 12 }, (_, i) => i).flatMap((i) => (chosen.has(i) === is ? [time(is, i)] : []));
    return { case: `case ${n % 5}`, variant: 'x', fullNs: part(true), othersNs: part(false) };
  });
}

test('chance alone is never suspected: not of noise, not of a slow first call, not of a neighbour that comes and goes', () => {
  const rng = makeRng(1);
  let slow = false;
  const kinds: readonly (() => (full: boolean, i: number) => number)[] = [
    () => () => Math.exp(0.2 * rng.normal()),
    () => (_, i) => (i === 0 ? 3 : 1) * (1 + 0.01 * rng.unit()),
    () => () => {
      if (rng.int(0, 5) === 0) slow = !slow;
      return slow ? 2 : 1;
    },
  ];
  for (const kind of kinds) {
    for (let run = 0; run < 300; run++) expect(foreseen(audits(rng, kind()))).toBeNull();
  }
});

test('a kernel that skips the calls that are not compared is', () => {
  const rng = makeRng(2);
  const found = foreseen(audits(rng, (full) => (full ? 1.5 : 1) * (1 + 0.1 * rng.unit())));
  expect(found?.ratio).toBeGreaterThan(1.2);
  expect(found?.chance).toBeLessThan(1e-6);
});

test('where all calls are compared, or none, there is nothing to say', () => {
  expect(foreseen([])).toBeNull();
  expect(foreseen([{ case: 'a', variant: 'x', fullNs: [1, 2], othersNs: [] }])).toBeNull();
  expect(foreseen([{ case: 'a', variant: 'x', fullNs: [], othersNs: [1] }])).toBeNull();
});
