/**
 * `--json` of every command: data that fits its published schema, alone on stdout, or an error that fits the schema of errors.
 * The data of train, profile, tune and selftest: slow/json.test.ts and slow/pack.test.ts.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main, programFor } from '../src/cli.ts';
import { leavesOf } from '../src/commands/leaves.ts';
import type { errorCodes } from '../src/contract/errors.ts';
import { packageRoot, type Workspace } from '../src/files/places.ts';
import { saveRecord } from '../src/records/store.ts';
import { Doctor } from '../src/schemas/doctor.ts';
import { jsonSchemaOf, schemas } from '../src/schemas/registry.ts';
import { Verify } from '../src/schemas/verify.ts';
import { listening, nfold as nfoldIn } from './support/command.ts';
import { draft } from './support/draft.ts';
import { prepare } from './support/prepared.ts';
import { undescribed } from './support/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-json-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
prepare(folder);
const records = join(folder, '.nfold/records');
for (const day of [25, 26]) saveRecord(draft({ overrides: { createdAt: `2026-11-${day}T10:00:00.000Z` } }), records);
mkdirSync(join(folder, 'kernels/residual_forward'), { recursive: true });
const own = (name: string, text: string) => writeFileSync(join(folder, 'kernels/residual_forward', name), text);
own('broken-ts.ts', 'export default { about: "x", setup( };');
own('throws-ts.ts', "export default { about: 'x', setup: () => () => { throw new Error('boom'); } };");
own('no-setup-ts.ts', "export default { about: 'x', setup: () => 5 };");
own('bare.wat', ';; @about x\n(module (import "env" "memory" (memory 1 65536 shared)))');
own(
  'tail-ts.ts',
  "export default { about: 'x', setup: () => ({ out, inp1, inp2 }) => { for (let i = 0; i < out.length - (out.length % 4); i++) out[i] = inp1[i] + inp2[i]; } };",
);
own('odd.rs', 'fn main() {}');

const nfold = (line: string) => nfoldIn(line.split(' '), { cwd: folder });

const names = async () => {
  const program = await programFor(listening().io, () => async () => {});
  return leavesOf(program).map(({ name }) => name);
};

describe('the schemas', () => {
  test('every command has one, which describes every property', async () => {
    expect(Object.keys(schemas).sort()).toEqual([...(await names()), 'error'].sort());
    const without = Object.keys(schemas).flatMap((name) => undescribed(jsonSchemaOf(name), name));
    expect(without).toEqual([]);
  });

  test('nfold schema lists them, prints one, and knows the nearest name', async () => {
    const { stdout } = await nfold('schema');
    expect(stdout.trim().split('\n')).toEqual(Object.keys(schemas));
    const one = await nfold('schema verify');
    expect(JSON.parse(one.stdout)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'nfold verify --json',
      required: ['seed', 'results', 'misplaced'],
    });
    expect((await nfold('schema verify --json')).stdout).toBe(one.stdout);
    expect(await nfold('schema vrify')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Did you mean 'verify'?"),
    });
  });

  test('names of several words are words of their own', async () => {
    const several = Object.keys(schemas).filter((name) => name.includes(' '));
    expect(several).toContain('task score');
    for (const name of several) {
      const { stdout } = await nfold(`schema ${name}`);
      expect(JSON.parse(stdout)).toEqual(jsonSchemaOf(name));
      expect((await nfoldIn(['schema', name], { cwd: folder })).stdout).toBe(stdout);
    }
    expect(await nfold('schema task scor')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^nfold: There is no schema of 'task scor'\. Did you mean 'task score'\?/),
    });
    expect(await nfold('schema task')).toMatchObject({ code: 2, stdout: '' });
  });
});

test.each([
  'list residual_forward',
  'list sgemm train_gpt2',
  'verify residual_forward/unroll4-wasmsimd --case N8192 --quick',
  'show last',
  'history sgemm/mine-ts',
  'history sgemm/mine-ts --case M64N64K64',
  'best',
  'compare last~1 last',
  'report',
  'report last~1 last -o -',
  'schema',
  'schema list',
])('nfold %s --json', async (line) => {
  const { stdout, stderr } = await nfold(`${line} --json`);
  const shape = schemas[line.split(' ')[0]];
  expect(shape.safeParse(JSON.parse(stdout)), `${stdout.slice(0, 500)}\n${stderr}`).toMatchObject({ success: true });
});

test('list has the tensors, cases and scalars of every op', async () => {
  const { ops, candidates, problems } = JSON.parse((await nfold('list --json')).stdout);
  for (const op of ops) {
    expect(op.tensors.length, op.op).toBeGreaterThan(1);
    expect(Object.keys(op.cases[0].dims)).toEqual(op.dims);
    expect(Object.keys(op.edges[0].scalars).sort()).toEqual([...op.scalars].sort());
  }
  const sgemm = ops.find(({ op }: { op: string }) => op === 'sgemm');
  expect(sgemm.tensors[0]).toEqual({ name: 'A', dtype: 'f32', role: 'in', shape: ['transA ? K : M', 'lda'] });
  const broken = candidates.find(({ candidate }: { candidate: string }) => candidate === 'residual_forward/broken-ts');
  expect(broken).toMatchObject({
    about: null,
    error: { code: 'build', file: 'kernels/residual_forward/broken-ts.ts' },
  });
  expect(problems).toMatchObject([{ code: 'misplaced', file: 'kernels/residual_forward/odd.rs' }]);
});

test('nfold doctor --json names the features and the peers, absent ones with the reason', async () => {
  const { code, stdout } = await nfold('doctor --json');
  expect(code).toBe(0);
  const { features, measured, peers } = Doctor.parse(JSON.parse(stdout));
  expect(features).toMatchObject({ 'relaxed SIMD': true, 'shared WebAssembly memory': true });
  expect(measured.revectorized === null || measured.revectorized > 0).toBe(true);
  expect(measured.unrest).toBeGreaterThanOrEqual(0);
  const reasons = Object.fromEntries(peers.map(({ peer, reason }) => [peer, reason]));
  expect(reasons['tfjs-backend-wasm']).toBeNull();
  const missing = reasons['tfjs-node'];
  expect(missing === null || missing.length > 10).toBe(true);
});

describe('verify', () => {
  const verified = async (selectors: string, rest = '') => {
    const { code, stdout } = await nfold(`verify ${selectors} --quick --json${rest}`);
    return { code, ...Verify.parse(JSON.parse(stdout)) };
  };

  test('a failure has its numbers, its elements and how far it reaches', async () => {
    const { code, results } = await verified('residual_forward/tail-ts', ' --case N{?,??}');
    expect(code).toBe(1);
    expect(results).toMatchObject([
      {
        verdict: 'fail',
        failure: { reason: 'differs', case: 'N1', elements: { tensor: 'out', wrong: 1, of: 1 } },
        spread: { shared: 'the checks with N % 4 ≠ 0', left: 0 },
        error: null,
      },
    ]);
    const text = await nfold('verify residual_forward/tail-ts --quick --case N{?,??}');
    expect(text.stdout).toMatch(
      /\n {2}\d+ of \d+ checks are wrong, in \d+ of \d+ cases: exactly the checks with N % 4 ≠ 0\n {2}again: /,
    );
  });

  test('what is no verdict has an error: its code, its file, in a sentence', async () => {
    const cheat = join(packageRoot, 'test/adversaries/gelu_forward/nothing.wat');
    const { results, misplaced } = await verified(
      ['broken-ts', 'throws-ts', 'no-setup-ts', 'bare'].map((name) => `residual_forward/${name}`).join(' '),
      ` ${cheat} --case N1`,
    );
    const file = (name: string) => `kernels/residual_forward/${name}`;
    expect(
      Object.fromEntries(
        results.map(({ candidate, error }) => [
          candidate.replace('residual_forward/', ''),
          error && [error.code, error.file],
        ]),
      ),
    ).toEqual({
      'broken-ts': ['build', file('broken-ts.ts')],
      'throws-ts': ['trap', file('throws-ts.ts')],
      'no-setup-ts': ['contract', file('no-setup-ts.ts')],
      bare: ['contract', file('bare.wat')],
      'gelu_forward/nothing': null,
    });
    expect(misplaced).toEqual([]);
    for (const { error, message } of results) if (error) expect(message).toContain(error.message.replace(/^\S+ /, ''));
  });
});

describe('an error of a command', () => {
  test.each<[string, number, { code: keyof typeof errorCodes; [name: string]: unknown }]>([
    ['list nonsense --json', 3, { code: 'unknown-name', message: "Nothing is called or matches 'nonsense'." }],
    ['list --json sgem', 3, { code: 'unknown-name', hint: "Did you mean 'sgemm'? 'nfold list' shows what there is." }],
    ['--json verify sgem', 3, { code: 'unknown-name' }],
    ['verify --json --sed 1', 2, { code: 'usage', message: "unknown option '--sed'", hint: 'Did you mean --seed?' }],
    [
      'bench --threads two --json',
      2,
      { code: 'usage', message: expect.stringContaining('whole number from 1 to 256') },
    ],
    ['bnch --json', 2, { code: 'usage', message: "unknown command 'bnch'", hint: 'Did you mean bench?' }],
    ['task exprt --json', 2, { code: 'usage', message: "unknown command 'exprt'", hint: 'Did you mean export?' }],
    ['--json task score', 2, { code: 'usage', message: "missing required argument 'folder'" }],
    ['task --json score', 2, { code: 'usage', message: "missing required argument 'folder'" }],
    ['task score --json --nope', 2, { code: 'usage', message: "unknown option '--nope'" }],
    ['--json list -- --json', 3, { code: 'unknown-name', message: "Nothing is called or matches '--json'." }],
    ['compare --json', 2, { code: 'usage', message: "missing required argument 'record'" }],
    ['show --json x --nope', 2, { code: 'usage' }],
    ['--json', 2, { code: 'usage' }],
    ['verify ./nowhere.ts --json', 2, { code: 'no-file', file: 'nowhere.ts' }],
    [
      'verify kernels/residual_forward/odd.rs --json',
      2,
      { code: 'misplaced', file: 'kernels/residual_forward/odd.rs' },
    ],
    ['verify residual_forward --case Q9 --json', 3, { code: 'unknown-name' }],
    ['bench --text gone.txt --json', 2, { code: 'no-file', file: 'gone.txt' }],
    ['show gone.json --json', 2, { code: 'no-file', file: 'gone.json' }],
    ['show kernels/residual_forward/odd.rs --json', 2, { code: 'bad-file', file: 'kernels/residual_forward/odd.rs' }],
    ['show gone --json', 2, { code: 'unknown-name' }],
    ['history sgemm/mine-tz --json', 3, { code: 'unknown-name', hint: "Did you mean 'sgemm/mine-ts'?" }],
    ['tune sgemm --json', 2, { code: 'ambiguous-name' }],
    ['tune residual_forward/broken-ts --json', 1, { code: 'build' }],
    ['best adamw --json', 3, { code: 'nothing-to-run' }],
    ['train --resume kernels/residual_forward/odd.rs --json', 2, { code: 'bad-file' }],
    ['schema nonsense --json', 2, { code: 'unknown-name' }],
  ])('nfold %s', async (line, code, error) => {
    const outcome = await nfold(line);
    expect(outcome.code).toBe(code);
    const data = JSON.parse(outcome.stdout);
    expect(schemas.error.safeParse(data)).toMatchObject({ success: true });
    expect(data.error).toMatchObject(error);
    // The sentence stays on stderr, and is there without --json as well, alone.
    expect(outcome.stderr).toMatch(/^nfold: \S.*\n$/);
    expect(outcome.stderr).toContain(data.error.message);
    if (line === '--json') return;
    const plain = await nfold(line.replace(/ ?--json ?/, (found) => (found.length > 7 ? ' ' : '')).trim());
    expect(plain).toEqual({ ...outcome, stdout: '' });
  });

  test('a fault of nfold is one too; what follows -- is no flag, and help is no error', async () => {
    const { io, said } = listening();
    expect(await main(['show', '--json'], io, {} as Workspace)).toEqual({ code: 1 });
    expect(JSON.parse(said.stdout).error).toMatchObject({
      code: 'unexpected',
      hint: expect.stringContaining('report'),
    });
    expect(said.stderr).toMatch(/^nfold: .*\(unexpected: please report this with the output of --debug\)\n$/);
    expect(await nfold('list -- --json')).toMatchObject({ code: 3, stdout: '' });
    const unknown = await nfold('help zzz --json');
    expect(JSON.parse(unknown.stdout).error.message).toBe("There is no command 'zzz'.");
    expect(unknown.stderr).toMatch(/\nnfold: There is no command 'zzz'\. 'nfold --help' lists them\.\n$/);
    const help = await nfold('list --json --help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: nfold list/);
  });

  test('a group of commands without one of them prints which there are, and what is missing', async () => {
    const alone = await nfold('task');
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    expect(alone.stderr).toMatch(
      /^Usage: nfold task [\s\S]*\n {2}score [\s\S]*\nnfold: 'nfold task' lacks the name of a command\. 'nfold task --help' lists them\.\n$/,
    );
    for (const line of ['task --json', '--json task']) {
      const { stdout, ...rest } = await nfold(line);
      expect({ ...rest, stdout: '' }).toEqual(alone);
      expect(JSON.parse(stdout).error).toMatchObject({ code: 'usage', hint: "'nfold task --help' lists them." });
    }
    const help = await nfold('task --help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect((await nfold('help task')).stdout).toBe(help.stdout);
  });
});
