/**
 * Writes baselines/train_gpt2/reference.ts, the module of a candidate as it is now, in base64. The judge trusts it: run the tests that
 * compare it with the oracle (test/near.test.ts) before you keep a new one.
 * Run: node bench/reference.ts [CANDIDATE]
 */
import { writeFileSync } from 'node:fs';
import { build } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { stopCompiler } from '../src/compiler/compile.ts';

const [id = 'train_gpt2/fused-6x8-wasmrelaxedsimd'] = process.argv.slice(2);
const candidate = scan().candidates.find((one) => one.id === id);
if (!candidate) throw new Error(`there is no candidate ${id}`);
const built = await build(candidate);
const artifact = await built.artifact((await loadOp('train_gpt2')).cases[0].dims);
if (artifact.kind !== 'wasm') throw new Error(`${id} is no WebAssembly`);
stopCompiler();
writeFileSync(
  new URL('../baselines/train_gpt2/reference.ts', import.meta.url),
  `/** The module of ${id} at hash ${built.hash}, ${artifact.bytes.length} bytes, in base64. \`node bench/reference.ts\` writes it. */
export const module =
  '${Buffer.from(artifact.bytes).toString('base64')}';
`,
);
