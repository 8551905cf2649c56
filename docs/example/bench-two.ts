/** Times two kernels beside the baseline, and fails unless both are right and the one in SIMD is faster: `npm run bench`. */
import assert from 'node:assert/strict';
import { bench, workspaceAt } from 'nfold';

let last = '';
const record = await bench(['sgemm/tile2x2-ts', 'sgemm/rows-wasmsimd'], {
  workspace: workspaceAt(import.meta.dirname),
  case: 'M256N256K256',
  effort: 'quick',
  peers: false,
  onProgress({ stage }) {
    if (stage !== last) console.error(stage);
    last = stage;
  },
});

// A wrong kernel does not throw: its verdict tells.
for (const { candidate, verdict, message } of record.candidates)
  assert.equal(verdict, 'pass', `${candidate}: ${message}`);

for (const { candidate, case: name, speedup, disturbed } of record.results) {
  if (!speedup || speedup.low === null || speedup.high === null) {
    console.log(`${candidate} at ${name}: no number, ${disturbed}`);
    continue;
  }
  const [value, low, high] = [speedup.value, speedup.low, speedup.high].map((multiple) => multiple.toFixed(2));
  console.log(`${candidate} at ${name}: ${value}x the baseline, 95 % interval [${low}, ${high}]`);
}

// Few rounds make a wide interval, so the gate is far below what four products an instruction are worth. What was disturbed says nothing.
const simd = record.results.find(({ candidate }) => candidate === 'sgemm/rows-wasmsimd');
const value = simd?.speedup?.value ?? 0;
assert(simd?.disturbed || value > 1.5, 'rows-wasmsimd should be at least 1.5 times as fast as the baseline');
