import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { recordOf } from './src/records/store.ts';
import { makeRng } from './src/contract/rng.ts';
import { draft } from './test/support/draft.ts';
const rng = makeRng(5);
const out = process.argv[2], count = Number(process.argv[3]), machines = Number(process.argv[4] ?? 1);
rmSync(out, { recursive: true, force: true }); mkdirSync(out, { recursive: true });
const [passed] = draft().candidates;
for (let m = 0; m < machines; m++) for (let i = 0; i < count; i++) {
  const level = (i < count * 0.4 ? 1 : i < count * 0.8 ? 1.48 : 1.3) * (m ? 2 : 1);
  const shift = 1;
  const speedups = [2, 4].map((v) => [0, 1, 2].map(() => v * level * shift * Math.exp(0.02 * rng.normal())));
  const d = draft({ speedups, hash: i < count * 0.4 ? 'aaaa' : 'cccc', overrides: { createdAt: new Date(Date.UTC(2026, 9, 1 + i, 9, (17 * i) % 60) + m).toISOString(), name: i % 13 === 5 ? (i === 5 ? 'before-tiling' : `a-rather-long-name-of-release-${i}`) : null } });
  const o = { ...d, ...(m ? { machine: { ...d.machine, cpu: 'B', class: 'intel-icelake-avx512-8c' } } : {}), runtime: { ...d.runtime, node: i < count * 0.8 ? '26.10.0' : '26.11.0' } } as any;
  if (i % 11 === 7) { o.means = d.means.map((x: any) => ({ ...x, arithmetic: null, withheld: 'disturbed at M64N64K64: other programs used the CPU' })); }
  if (i % 17 === 9) { Object.assign(o, { candidates: [{ ...passed, verdict: 'fail', message: 'it differs' }], results: [], means: [], samples: [] }); }
  const r = recordOf(o); writeFileSync(`${out}/${r.id}.json`, JSON.stringify(r));
}
