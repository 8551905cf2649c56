/**
 * The package, as npm packs and installs it, on a newcomer's path: the system's Node and npm, a folder with spaces in its name, no file of the
 * checkout. It needs a registry, as `npm ci` does; without one it fails and says so.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBaseline } from '../../src/build/build.ts';
import { loadOp, opNames } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import { manifest, packageRoot } from '../../src/files/places.ts';
import { nfold as checkout } from '../support/command.ts';
import {
  addOwn,
  bytesIn,
  filesIn,
  install,
  installed,
  intoStore,
  link,
  type Packed,
  packagesIn,
  packed,
  type Ran,
  run,
  tree,
} from '../support/installation.ts';
import { hasCompiler } from '../support/plain-c.ts';
import { knowCeilings } from '../support/prepared.ts';
import { hasNobody } from '../support/small.ts';

const top = mkdtempSync(join(tmpdir(), 'nfold-package-'));
const folder = join(top, "a newcomer's folder");
const inner = join(folder, 'another project');
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', top]);
  rmSync(top, { recursive: true, force: true });
});

const [pinned] = Object.values(manifest().optionalDependencies);
let pack: Packed;
let files: string[];
let printed: Ran;

beforeAll(async () => {
  pack = await packed();
  files = filesIn(pack.tarball);
  printed = await installed(folder);
  addOwn(folder);
  knowCeilings(folder);
}, 600_000);

const nfold = (args: readonly string[], cwd = folder): Ran => run(['npx', 'nfold', ...args], cwd);

/** What it prints on stdout; on stderr there is nothing but progress. */
function fine({ code, stdout, stderr }: Ran): string {
  const odd = stderr
    .split('\n')
    .filter((line) => !/^( *\d+ s {2}|seed committed|quick: |step +\d+ |\w+, round \d|\r|$)/.test(line));
  expect({ code, odd }).toEqual({ code: 0, odd: [] });
  return stdout;
}

/** Two of sgemm, one of them padded and transposed, and one of each other op. */
const oddShapes = ['--case', 'N7', '--case', 'M7N11K13*'];

describe('packing', () => {
  test('leaves the work tree as it was', () => {
    expect(pack.after).toEqual(pack.before);
  });

  test('takes the programs, the types, the sources that one reads, the pages, and nothing else', () => {
    const kinds = [
      /^(package\.json|README\.md|AGENTS\.md|LICENSE|src\/nfold\.js|dist\/moby-dick\.txt)$/,
      /^dist\/(src|baselines|bench\/suites|bench\/peers)\b.*\.(js|d\.ts)$/,
      /^dist\/src\/draw\/style\/[\w-]+\.css$/,
      /^(src\/contract|baselines)\/.*\.ts$/,
      /^bench\/peers\/plain-c\/\w+\.[ch]$/,
      /^kernels\/\w+\/[\w.-]+\.(ts|wat|c|h|md)$/,
      /^starters\/[\w./-]+\.(ts|json|md|toml|sh|Dockerfile)$/,
      /^docs\/example\/[\w./-]+\.(ts|json)$/,
      /^docs\/[\w.-]+\.(md|json|svg|yml)$/,
      /^test\/(adversaries|odd-but-honest)\/\w+\/[\w.-]+\.(ts|wat|c)$/,
    ];
    expect(files.filter((file) => !kinds.some((kind) => kind.test(file)))).toEqual([]);
    for (const kind of kinds) expect(files.some((file) => kind.test(file))).toBe(true);
  });

  test('takes each source that a kernel, a baseline or a kernel of the selftest is built from', () => {
    const seen = new Set(files.filter((file) => /^(kernels|test)\/.*\.ts$|\/baseline\.ts$/.test(file)));
    for (const file of seen) {
      expect(files).toContain(file);
      const text = readFileSync(join(folder, 'node_modules/nfold', file), 'utf8');
      for (const [, path] of text.matchAll(/^import (?!type\b)[^;]*?'(\.[^']+)'/gm))
        seen.add(join(file, '..', path.endsWith('.ts') ? path : `${path}.ts`));
    }
    expect(seen.size).toBeGreaterThan(250);
  });

  test('makes what publint and "are the types wrong" accept', () => {
    const { code, stdout, stderr } = run(['npm', 'run', 'package-check'], packageRoot);
    expect(code, stdout + stderr).toBe(0);
    expect(tree()).toEqual(pack.before);
  });

  test('keeps it small, with few packages beside it', () => {
    expect(statSync(pack.tarball).size).toBeLessThan(1.6e6);
    expect(bytesIn(join(folder, 'node_modules/nfold'))).toBeLessThan(5e6);
    const { dependencies } = manifest();
    // Those named, what esbuild and assemblyscript need, then d3-scale, lowlight and pg-boss, and one Node.
    expect(packagesIn(folder).length).toBe(1 + Object.keys(dependencies).length + 3 + 7 + 5 + 23 + 1);
    expect(bytesIn(join(folder, 'node_modules'))).toBeLessThan(430e6);
  });
});

describe('in an empty folder', () => {
  test('npm warns of an old Node and of an install script, both of which nfold can do without, and of nothing else', () => {
    const warnings = printed.stderr.split('\n').filter((line) => /warn/i.test(line));
    const isOfEngine = (line: string) => line.startsWith('npm warn EBADENGINE');
    const [engines, rest] = [warnings.filter(isOfEngine), warnings.filter((line) => !isOfEngine(line))];
    expect(rest.filter((line) => !line.startsWith('npm warn install-scripts'))).toEqual([]);
    expect(rest.join('\n')).not.toMatch(/(?<!esbuild)@\d/);
    // nfold runs pg-boss on the Node that comes along.
    const [major, minor] = run(['node', '--version'], top).stdout.slice(1).split('.').map(Number);
    const isOld = major < 22 || (major === 22 && minor < 12);
    expect(engines.filter((line) => /@\d/.test(line))).toEqual(
      isOld ? [expect.stringMatching(/^npm warn EBADENGINE +package: 'pg-boss@[\d.]+',$/)] : [],
    );
  });

  test('npx nfold runs on the Node that comes along, and says nothing of it', () => {
    expect(nfold(['--version'])).toEqual({ code: 0, stdout: `${manifest().version}\n`, stderr: '' });
    expect(run(['npx', 'node', '--version'], folder).stdout).toBe(`v${pinned}\n`);
    // Without npx, the system's Node starts nfold and hands over.
    const straight = run(['node', 'node_modules/nfold/src/nfold.js', 'list', 'sgemm'], folder);
    expect(straight).toEqual(nfold(['list', 'sgemm']));
    expect(fine(straight)).toContain('mine-ts');
  });

  test('candidates and their hashes are those of a checkout', async () => {
    const hashes = (text: string) =>
      JSON.parse(text)
        // C depends on the compiler that a machine has.
        .candidates.filter(({ file }: { file: string }) => !file.endsWith('.c'))
        .map(({ candidate, hash }: { candidate: string; hash: string }) => `${candidate} ${hash}`)
        .filter((line: string) => !/^scale|mine-ts/.test(line));
    const ours = hashes((await checkout(['list', '--json'], { cwd: packageRoot })).stdout);
    const { code, stdout, stderr } = nfold(['list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(hashes(stdout)).toEqual(ours);
    expect(ours.length).toBeGreaterThan(30);
    expect(JSON.parse(stdout).ops.map(({ op }: { op: string }) => op)).toEqual([...opNames(), 'scale'].sort());
  });

  test("a kernel and an op of one's own are verified beside a kernel of each kind", () => {
    const kinds = ['sgemm/mine-ts', 'scale', 'gelu_forward/sigmoid-wasmrelaxedsimd', 'sgemm/ikj-wasmsimd'];
    const stdout = fine(nfold(['verify', ...kinds, 'sgemm/shaped-6x8-wasmrelaxedsimd', '--quick', ...oddShapes]));
    expect(stdout.match(/ pass /g)).toHaveLength(5);
  });

  test('bench and compare; the baselines are those of a checkout; an absent peer says how to get it, and then runs', async () => {
    const peers = 'onnxruntime-node,jax-js,tfjs-backend-wasm,tfjs-node,plain-c';
    const doctor = JSON.parse(fine(nfold(['doctor', '--json'])));
    const reasons = new Map<string, string | null>(
      doctor.peers.map(({ peer, reason }: { peer: string; reason: string | null }) => [peer, reason]),
    );
    for (const name of peers.split(',').slice(0, 4))
      expect(reasons.get(name)).toMatch(/^not installed: 'npm install [@\w/ -]+' adds it\b/);
    for (const name of ['onnxruntime-node', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'])
      link(join(packageRoot, 'node_modules', name), join(folder, 'node_modules', name));
    const bench = ['bench', 'sgemm/mine-ts', '--quick', '--case', 'M64N64K64', '--peers', peers, '--json'];
    const { baselines, runtime, results } = JSON.parse(fine(nfold(bench)));
    const hash = (await buildBaseline('sgemm')).hash;
    expect(baselines).toEqual([expect.objectContaining({ op: 'sgemm', hash })]);
    expect(runtime.node).toBe(pinned);
    expect(fine(nfold(['show'])).replace(/\s+/g, ' ')).toMatch(
      / jax-js at M64N64K64: not installed: 'npm install @jax-js\/jax' adds it\b/,
    );
    const timed = results.filter(({ peer }: { peer: boolean }) => peer);
    expect(timed.map((row: { candidate: string; verdict: string }) => `${row.candidate} ${row.verdict}`)).toEqual(
      expect.arrayContaining([
        ...['onnxruntime-node pass', 'tfjs-backend-wasm pass', 'tfjs-node unsupported'],
        `plain-c ${hasCompiler ? 'pass' : 'unsupported'}`,
      ]),
    );
    for (let i = 0; i < 2; i++) fine(nfold(['bench', 'scale', '--quick']));
    expect(fine(nfold(['compare', 'last~1', 'last']))).toContain('same machine, Node, flags, baselines and sources');
    expect(fine(nfold(['report', '-o', 'page.html']))).toMatch(/^page\.html: /);
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toMatch(/<style>.*<section id="all".*<script>/s);
  });

  test.each(['nodenext', 'bundler'])('strict TypeScript finds the types (%s)', (moduleResolution) => {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, skipLibCheck: false, types: [], lib: ['esnext', 'dom'], target: 'esnext' },
      ...{ module: moduleResolution === 'bundler' ? 'esnext' : moduleResolution, moduleResolution },
      allowImportingTsExtensions: true,
    };
    const include = ['kernels', 'baselines', 'use.ts'];
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
    const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...own, type: 'module' }));
    const tsc = [process.execPath, join(packageRoot, 'node_modules/typescript/bin/tsc')];
    expect(run([...tsc, '-p', folder], folder)).toEqual({ code: 0, stdout: '', stderr: '' });
    appendFileSync(join(folder, 'kernels/sgemm/mine-ts.ts'), 'const wrong: Candidate<typeof op> = 1;\n');
    expect(run([...tsc, '-p', folder], folder).stdout).toMatch(/^kernels\/sgemm\/mine-ts\.ts\(\d+,7\): error TS2322/);
    addOwn(folder);
  });

  test('the library does what the commands do', () => {
    const { verdicts, compared, ops } = JSON.parse(fine(run(['npx', 'node', 'use.ts'], folder)));
    expect(verdicts).toEqual(['pass']);
    expect(compared).toContain('records');
    expect(ops).toContain('scale');
  });

  test('it trains on the bytes that a checkout trains on, and draws a plot', async () => {
    const installed = pathToFileURL(join(folder, 'node_modules/nfold/dist/src/catalog/text.js'));
    const ops = [await loadOp('train_gpt2')];
    const { bytes } = (await import(installed.href)).loadText(undefined, ops);
    expect(bytes.length).toBeGreaterThan(1_000_000);
    expect(Buffer.compare(bytes, loadText(undefined, ops).bytes)).toBe(0);
    fine(nfold(['train', 'train_gpt2/baseline', '--case', 'B4T32L2C64NH4V256', '--plot', 'curve.svg', '--steps', '1']));
    expect(readFileSync(join(folder, 'curve.svg'), 'utf8')).toMatch(/^<svg .*training, train_gpt2\/baseline/s);
  });
});

describe('in other places', () => {
  test('a second one inside the first, its packages below it, read-only: each is its own, and writes nothing there', () => {
    mkdirSync(inner);
    writeFileSync(join(inner, 'package.json'), '{ "type": "commonjs" }');
    install(pack.tarball, inner, '--install-strategy=nested');
    addOwn(inner);
    const own = join(inner, 'node_modules/nfold/package.json');
    writeFileSync(own, readFileSync(own, 'utf8').replace(/"version": "[^"]+"/, '"version": "99.0.0"'));
    chmodSync(top, 0o755);
    fine(run(['chmod', '-R', 'a+rX,a-w', inner], top));
    const elsewhere = mkdtempSync(join(top, 'tmp-'));
    chmodSync(elsewhere, 0o777);
    const nobody = process.getuid?.() === 0 && hasNobody ? ['unshare', '-U'] : [];
    const env = { TMPDIR: elsewhere, HOME: elsewhere, npm_config_cache: join(elsewhere, 'npm') };
    const asNobody = (...args: string[]) => fine(run([...nobody, 'npx', 'nfold', ...args], inner, env));
    expect(asNobody('--version')).toBe('99.0.0\n');
    expect(fine(nfold(['--version']))).toBe(`${manifest().version}\n`);
    const verified = asNobody('verify', 'scale', 'gelu_forward/sigmoid-wasmrelaxedsimd', '--case', 'N7');
    expect(verified.match(/ pass /g)).toHaveLength(2);
    expect(run(['find', inner, '-name', '.nfold'], top).stdout).toBe('');
  });

  test('a store that links lead to, in a path with characters that mean something elsewhere', () => {
    intoStore(folder);
    // The types of AssemblyScript are nfold's to find there. TypeScript cannot where a path has an asterisk.
    rmSync(join(folder, 'tsconfig.json'), { force: true });
    fine(nfold(['new', 'adamw/typed', '--lang', 'as']));
    const tsc = [process.execPath, join(packageRoot, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.as.json'];
    expect(run(tsc, folder)).toEqual({ code: 0, stdout: '', stderr: '' });
    const odd = join(top, 'a,b *c %41#d? ü');
    fine(run(['mv', folder, odd], top));
    const kinds = ['scale', 'gelu_forward/sigmoid-wasmrelaxedsimd', 'sgemm/shaped-6x8-wasmrelaxedsimd'];
    const words = ['node_modules/nfold/src/nfold.js', 'verify', ...kinds, '--quick', ...oddShapes];
    rmSync(join(odd, '.nfold'), { recursive: true, force: true });
    expect(fine(run(['node', ...words], odd)).match(/ pass /g)).toHaveLength(3);
  });
});
