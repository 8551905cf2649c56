/** Which jobs `nfold task score` asks for, and what it refuses before it asks for any. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Score } from '../src/records/score.ts';
import { type Planned, plan, type Settings } from '../src/task/plan.ts';
import { taskNamed } from '../src/task/task.ts';
import { nfold } from './support/command.ts';
import { score } from './support/scores.ts';

const settings: Settings = {
  ...{ task: 'sgemm', ops: ['sgemm'], baselines: { sgemm: 'aaaa' }, effort: 'quick', threads: 2, seed: null },
  unseen: 5,
};
const files = [{ path: 'kernels/sgemm/attempt.ts', content: Buffer.from('export default 1;') }];
const artefact = {
  ...{ label: 'mine', task: taskNamed('sgemm'), hash: 'bbbb', files, ignored: [], copied: [] },
  ...{ fault: null, manifest: null },
};
const asked = [{ folder: 'mine', label: 'mine', artefact }];

describe('plan', () => {
  const kept = new Map<string, Score>();
  const dead = new Set<string>();
  const sent = new Set<string>();
  const planned = async (again: boolean, classes: readonly (string | null)[] = [null], given = settings) =>
    plan(asked, classes, again, given, {
      kept,
      isDead: async (key) => dead.has(key),
      isSent: async (key) => sent.has(key),
    });
  const keep = ({ key, job: { run } }: Planned) => kept.set(key, score('mine', 2, { key, run }));

  test('an attempt is scored once, and once more for each --again', async () => {
    const [first] = await planned(false);
    expect(first).toMatchObject({ isKept: false, earlier: [], job: { run: 1, label: 'mine', artefact: 'bbbb' } });
    expect(first.job.files).toEqual([
      { path: 'kernels/sgemm/attempt.ts', content: files[0].content.toString('base64') },
    ]);
    // What is unfinished has the same key the next time, with --again as well.
    for (const again of [false, true]) expect((await planned(again))[0].key).toBe(first.key);
    keep(first);
    expect((await planned(false))[0]).toMatchObject({ key: first.key, isKept: true, earlier: [{ run: 1 }] });
    const [second] = await planned(true);
    expect(second).toMatchObject({ isKept: false, earlier: [{ run: 1 }], job: { run: 2 } });
    keep(second);
    expect((await planned(false))[0]).toMatchObject({
      key: second.key,
      isKept: true,
      earlier: [{ run: 1 }, { run: 2 }],
    });
  });

  test('--again passes over a job that is dead; without it, that one is told of', async () => {
    const [third] = await planned(true);
    dead.add(third.key);
    expect((await planned(true))[0].job.run).toBe(4);
    expect((await planned(false))[0].job.run).toBe(2);
  });

  test('what --again has sent to others goes on without it', async () => {
    dead.clear();
    const [next] = await planned(true);
    sent.add(next.key);
    expect((await planned(false))[0]).toMatchObject({
      key: next.key,
      isKept: false,
      earlier: [{ run: 1 }, { run: 2 }],
    });
    sent.clear();
  });

  test('a score is one of its settings, its class and its sources', async () => {
    const [here] = await planned(true);
    const others = [
      ...(await planned(true, ['a', 'b'])),
      ...(await planned(true, [null], { ...settings, unseen: 1 })),
      ...(await planned(true, [null], { ...settings, effort: 'default' })),
      ...(await plan([{ ...asked[0], artefact: { ...artefact, hash: 'cccc' } }], [null], true, settings, {
        kept,
        isDead: async () => false,
        isSent: async () => false,
      })),
    ];
    expect(others.map(({ job }) => [job.run, job.class])).toEqual([
      [1, 'a'],
      [1, 'b'],
      [1, null],
      [1, null],
      [1, null],
    ]);
    expect(new Set([here, ...others].map(({ key }) => key)).size).toBe(6);
  });

  test('each job has a secret of its own, but for a seed that was given', async () => {
    const secrets = [...(await planned(true, ['a', 'b'])), ...(await planned(true, ['a']))].map(
      ({ job }) => job.secret,
    );
    expect(new Set(secrets).size).toBe(3);
    const [seeded] = await planned(true, [null], { ...settings, seed: 7 });
    expect(seeded.job).toMatchObject({ seed: 7, secret: null });
  });
});

describe('nfold task score refuses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-plan-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, op] of [
    ['one', 'gelu_forward'],
    ['two', 'adamw'],
    ['deep/one', 'gelu_forward'],
    ['deep/deep/one', 'gelu_forward'],
  ]) {
    mkdirSync(join(folder, name, 'kernels', op), { recursive: true });
    writeFileSync(join(folder, name, 'kernels', op, 'attempt.ts'), '');
  }

  test.each([
    ['one', /does not say which task it is of, since it has no \.nfold-task\.json: give it with --task\./, 2],
    ['one one/ --task gelu_forward', /^nfold: one\/ is given twice\./, 2],
    ['deep/one deep/deep/one --task gelu_forward', /^nfold: Two folders are called deep\/one: .* rename one\./, 2],
    ['one --task gelu_forwrd', /There is no task 'gelu_forwrd'\. Did you mean 'gelu_forward'\?/, 3],
    ['gone --task gelu_forward', /^nfold: gone is not there|^nfold: gone .*: give the folder of an attempt\./, 2],
    ['one --task gelu_forward --class fast', /^nfold: --class chooses among the machines of a queue: give --queue/, 2],
    ['one --task gelu_forward --queue nowhere', /^nfold: /, 2],
  ])('%s', async (line, sentence, code) => {
    const outcome = await nfold(['task', 'score', ...line.split(' ')], { cwd: folder });
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  });
});
