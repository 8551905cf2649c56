/** Targets are judged by the row that they are about: by its worst case, and never on what was not measured. */
import { describe, expect, test } from 'vitest';
import { aligned, type Result, type Row, squares, suite, targets, training } from '../bench/sgemm-targets.ts';

const wideFlag = '--experimental-wasm-revectorize';

function row(
  id: string,
  threads: number,
  rate: number,
  more: Partial<Row> = {},
  changed: Record<string, Partial<Result>> = {},
) {
  const results = new Map(
    [...squares, ...training].map((c) => [c, { gflops: rate, percentOfPeak: 95, speedup: 200, ...changed[c] }]),
  );
  return { id, peer: false, threads, flags: [], results, ...more } satisfies Row;
}

const peers = [row('onnxruntime-node', 2, 100, { peer: true }), row('tfjs-backend-wasm', 1, 20, { peer: true })];
const of = (found: ReturnType<typeof targets>, start: string) => found.find(({ what }) => what.startsWith(start));

describe('targets', () => {
  test('are met by the best row of the kind, whatever a slower one does', () => {
    const slow = row('sgemm/slow', 2, 10, { flags: [wideFlag] }, { M64N64K64: { percentOfPeak: 1 } });
    const found = targets([slow, row('sgemm/fast', 2, 200, { flags: [wideFlag] }), ...peers], [], [], 2);
    expect(of(found, 'revectorized, 2 threads: 60 %')).toMatchObject({ met: true });
    expect(of(found, 'revectorized, 2 threads: 1.4x')).toMatchObject({
      met: true,
      found: expect.stringMatching(/^2\.00x/),
    });
    expect(of(found, 'revectorized, 2 threads: 6x')).toMatchObject({ met: true });
    expect(of(found, 'revectorized, 2 threads: mean speedup')).toMatchObject({ met: true, found: '200.0x' });
  });

  test('one case below is not met, and named', () => {
    const changed = { M256N384K128TN: { percentOfPeak: 84, gflops: 99 } };
    const found = targets([row('sgemm/fast', 2, 200, { flags: [wideFlag] }, changed), ...peers], [], [], 2);
    const shapes = found.find(({ what }) => what.includes('85 % of peak at the LM shapes'));
    expect(shapes).toMatchObject({ met: false, found: '84.0 % at M256N384K128TN; 1 of 9 cases below' });
    expect(of(found, 'revectorized, 2 threads: 1.4x')).toMatchObject({ met: false });
  });

  test('what was not measured is neither met nor missed', () => {
    const part = {
      ...row('sgemm/fast', 2, 200),
      results: new Map([[suite[0], { gflops: 1, percentOfPeak: 99, speedup: 1 }]]),
    };
    for (const { met } of targets([part], [], [], 2)) expect(met).toBeNull();
  });

  test('variants are held against the aligned case beside them', () => {
    const best = row('sgemm/fast', 2, 200, { flags: [wideFlag] });
    const beside = new Map([
      [aligned, { gflops: 180, percentOfPeak: 90, speedup: 1 }],
      ['padded', { gflops: 170, percentOfPeak: 85, speedup: 1 }],
      ['ragged', { gflops: 150, percentOfPeak: 75, speedup: 1 }],
    ]);
    const found = targets([best], [{ ...best, results: beside }], ['padded', 'ragged'], 2);
    expect(found.find(({ what }) => what.startsWith('revectorized, 2 threads: variants'))).toMatchObject({
      met: false,
      found: '83.3 % at ragged; 1 of 2 below',
    });
  });
});
