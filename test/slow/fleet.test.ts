/** A true Postgres and three workers, and what may happen to them: nothing is lost, nothing counts twice. The figures are printed at the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildBaseline } from '../../src/build/build.ts';
import { attempt } from '../../src/contract/attempt.ts';
import { packageRoot } from '../../src/files/places.ts';
import { hostClass } from '../../src/machine/hostClass.ts';
import { openQueue } from '../../src/queue/open.ts';
import type { Queue } from '../../src/queue/queue.ts';
import { start } from '../support/command.ts';
import { binaries, jobOf, Postgres, startWorker, type Worker, type WorkerSettings } from '../support/fleet.ts';
import type { FolderSettings } from '../support/fleet-folder.ts';
import { knowCeilings } from '../support/prepared.ts';
import { descendants, until } from '../support/processes.ts';
import { hasSmall, onSmall } from '../support/small.ts';

const reason = binaries ? '' : ' (skipped: no Postgres is installed here)';
const figures: string[] = [];
let postgres: Postgres;
let workers: Worker[] = [];
let queue: Queue;
let url: string;

afterAll(() => console.log(figures.join('\n')));

/** The statements of the page that a worker's role needs. */
const grants = /^```sql\n([\s\S]*?)^```/m
  .exec(readFileSync(join(packageRoot, 'docs/fleet.md'), 'utf8'))![1]
  .trim()
  .split('\n');
let databases = 0;

describe.skipIf(!binaries)(`a fleet${reason}`, () => {
  beforeAll(async () => {
    postgres = await Postgres.start();
  });
  afterAll(async () => {
    await postgres.end();
  });
  afterEach(async () => {
    for (const { child } of workers) child.kill('SIGCONT');
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    workers = [];
    await queue?.close();
  });

  /** A database of a test's own, with the rights that the page gives to workers. */
  async function fresh(options: Parameters<typeof openQueue>[0] = {}): Promise<void> {
    const name = databases++ === 0 ? 'nfold' : `nfold${databases}`;
    await postgres.sql(`create database ${name}`);
    queue = await openQueue({ ...options, url: postgres.url('owner', name) });
    const own = grants.filter((line) => name === 'nfold' || !line.startsWith('create role'));
    await postgres.sql(
      own.join('\n').replace('on database nfold', `on database ${name}`),
      [],
      postgres.url('owner', name),
    );
    url = postgres.url('nfold_worker', name, 'worker-secret');
  }

  function begin(names: string, settings: Omit<WorkerSettings, 'name'> = {}): void {
    for (const name of names) workers.push(startWorker(url, { name, ...settings }));
  }

  const send = (labels: readonly string[]) => queue.send(labels.map((label) => ({ key: label, job: jobOf(label) })));
  const statesOf = async (labels: readonly string[]) => [...(await queue.states(labels)).values()];

  async function untilDone(labels: readonly string[]): Promise<void> {
    for (;;) {
      const states = await statesOf(labels).catch(() => []);
      if (states.length === labels.length && states.every(({ state }) => state === 'done' || state === 'dead')) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const said = (kind: string, of = workers) =>
    of.flatMap(({ lines }) => lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.split(' ')[1]));
  const holder = () => until(() => workers.find((one) => said('taken', [one]).length > 0));

  /** Before it is open, no judge of a worker that knows its file ends: what a test does amid a job, it does amid one. */
  function gateOf() {
    const file = join(tmpdir(), `nfold-gate-${process.pid}-${databases}`);
    onTestFinished(() => rmSync(file, { force: true }));
    return { file, open: () => writeFileSync(file, '') };
  }

  /** Each job has one outcome, from one worker, and that is the one that says so. */
  async function account(what: string, labels: readonly string[], seconds: number | null): Promise<void> {
    const results = await Promise.all(labels.map((label) => queue.scored(label)));
    const lost = results.filter((result) => result === null).length;
    const ended = said('ended').sort();
    const twice = ended.length - new Set(ended).size;
    figures.push(
      `${what}: ${labels.length} jobs, ${lost} lost, ${twice} scored twice${seconds === null ? '' : `, ${seconds.toFixed(1)} s to recover`}`,
    );
    expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
    for (const [i, result] of results.entries())
      expect(result?.outcome.record).toBe(`"${result?.host.name} ${labels[i]}"`);
  }

  const labelsOf = (count: number) => Array.from({ length: count }, (_, i) => `job${i}`);

  test('200 small jobs', async () => {
    await fresh();
    const labels = labelsOf(200);
    begin('abc');
    expect(await send(labels)).toEqual({ added: 200, left: [] });
    const began = performance.now();
    await untilDone(labels);
    await account('200 small jobs, three workers', labels, null);
    figures.push(
      `  in ${((performance.now() - began) / 1000).toFixed(1)} s, by ${workers.map((one) => said('ended', [one]).length).join(' + ')}`,
    );
    expect(said('ended').sort()).toEqual([...labels].sort());
    expect(said('late')).toEqual([]);
  });

  test('kill -9 of a worker amid a job', async () => {
    await fresh();
    const labels = labelsOf(12);
    const gate = gateOf();
    begin('abc', { hold: gate.file, heartbeatSeconds: 2 });
    await send(labels);
    const held = await holder();
    const [amid] = said('taken', [held]);
    held.child.kill('SIGKILL');
    const killedAt = performance.now();
    gate.open();
    await untilDone(labels);
    await account('kill -9 of a worker', labels, (performance.now() - killedAt) / 1000);
    expect((await statesOf([amid]))[0]).toMatchObject({ state: 'done', tries: 2 });
  });

  test('kill -9 of Postgres, and its return', async () => {
    await fresh();
    const labels = labelsOf(9);
    const gate = gateOf();
    begin('abc', { hold: gate.file, heartbeatSeconds: 10 });
    await send(labels);
    await holder();
    await postgres.kill();
    gate.open();
    // Judges end meanwhile, and keep what they have.
    await until(() => said('away').length > 0);
    await postgres.resume();
    const backAt = performance.now();
    await untilDone(labels);
    await account('kill -9 of Postgres and its return', labels, (performance.now() - backAt) / 1000);
    // What was judged before is not judged again.
    expect(said('taken').sort()).toEqual([...labels].sort());
    expect(said('back').length).toBeGreaterThan(0);
  });

  test('a worker cut off for longer than its heartbeat, and back', async () => {
    await fresh();
    const gate = gateOf();
    begin('ab', { hold: gate.file, heartbeatSeconds: 2 });
    await send(['job0']);
    const { child } = await holder();
    child.kill('SIGSTOP');
    const cutAt = performance.now();
    gate.open();
    await untilDone(['job0']);
    const seconds = (performance.now() - cutAt) / 1000;
    child.kill('SIGCONT');
    await until(() => said('late').length > 0);
    await account('a worker cut off and back', ['job0'], seconds);
    expect(await queue.scored('job0')).toMatchObject({ late: 1 });
    expect(said('late')).toEqual(['job0']);
    expect(
      said(
        'ended',
        workers.filter((one) => one.child === child),
      ),
    ).toEqual([]);
    // It goes on.
    await send(['job1', 'job2', 'job3', 'job4']);
    await untilDone(['job1', 'job2', 'job3', 'job4']);
    expect(
      said(
        'ended',
        workers.filter((one) => one.child === child),
      ).length,
    ).toBeGreaterThan(0);
  });

  test('a judge that keeps its thread busy for three heartbeats, while other workers ask for work', async () => {
    await fresh();
    begin('abc', { heartbeatSeconds: 3 });
    await send(['blocks']);
    await untilDone(['blocks']);
    await account('a judge that blocks for three heartbeats', ['blocks'], null);
    expect((await statesOf(['blocks']))[0]).toMatchObject({ state: 'done', tries: 1 });
    expect(await queue.scored('blocks')).toMatchObject({ late: 0 });
    expect(said('taken')).toEqual(['blocks']);
  });

  test('signs of life keep the try that they belong to, and come through anew where their connection is lost', async () => {
    await fresh({ heartbeatSeconds: 1.5 });
    await send(['job0']);
    const lease = await queue.take({ name: 'h', class: 'c' });
    const age = (change: string) =>
      postgres.sql(
        `update nfold.job set heartbeat_on = 'epoch', retry_count = retry_count ${change} where name = 'score'`,
        [],
        url,
      );
    const isKept = async () =>
      (await postgres.sql(`select heartbeat_on > 'epoch' as kept from nfold.job where name = 'score'`, [], url))[0]
        .kept;
    const untilKept = async () => {
      while (!(await isKept())) await pause(50);
    };
    await age('+ 0');
    await untilKept();
    // As if another worker had it now.
    await age('+ 1');
    await pause(3000);
    expect(await isKept()).toBe(false);
    await age('- 1');
    await untilKept();
    await postgres.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nfold'`);
    await age('+ 0');
    await untilKept();
    expect(await lease?.finish({ record: 'x', interrupted: false }, null)).toBe(true);
  });

  test('a job that kills its workers, one whose judge throws, and honest ones', async () => {
    await fresh();
    const labels = ['kills', 'throws', 'job1', 'job2'];
    begin('abcd', { heartbeatSeconds: 1 });
    await send(labels);
    await untilDone(labels);
    const [kills, throws, ...fine] = await Promise.all(
      labels.map(async (label) => (await queue.states([label])).get(label)),
    );
    expect(kills).toMatchObject({ state: 'dead', tries: 3, reason: 'Its worker was not heard of for 1 s.' });
    expect(throws).toMatchObject({ state: 'dead', tries: 3, reason: 'the judge of throws throws' });
    expect(fine.map((one) => one?.state)).toEqual(['done', 'done']);
    const buried = await postgres.sql(
      `select source_id from nfold.job where name = 'dead'`,
      [],
      postgres.url('owner', `nfold${databases}`),
    );
    expect(buried).toHaveLength(2);
    expect(workers.filter(({ child }) => child.signalCode === 'SIGKILL')).toHaveLength(3);
  });

  test('jobs that a worker refuses are left to others; a stopped worker gives its job back', async () => {
    await fresh();
    begin('a', { baseline: 'other' });
    await send(['job0', 'job1']);
    await until(() => said('refused').length > 0);
    expect((await statesOf(['job0', 'job1'])).map(({ reason }) => reason)).toContain('It has another baseline.');
    begin('b', { judgeMs: 60_000 });
    const slow = await holder();
    slow.child.kill('SIGTERM');
    await slow.ended;
    begin('c');
    await untilDone(['job0', 'job1']);
    expect((await statesOf(['job0', 'job1'])).map(({ host, tries }) => [host, tries])).toEqual([
      ['c', 1],
      ['c', 1],
    ]);
    expect(said('refused')).toHaveLength(1);
  });

  test('the role of a worker can work, and nothing else', async () => {
    await fresh();
    const name = `nfold${databases}`;
    await postgres.sql(
      `create schema other; create table other.secret as select 1 as one;`,
      [],
      postgres.url('owner', name),
    );
    const forbidden = [
      ...['drop table nfold.job', 'drop schema nfold cascade', 'alter table nfold.result add column x int'],
      ...[
        'truncate nfold.job',
        'delete from nfold.result',
        'update nfold.result set outcome = null',
        'delete from nfold.host',
      ],
      ...[
        'create table nfold.mine (x int)',
        'create schema mine',
        'create table mine (x int)',
        'select * from other.secret',
      ],
      ...[
        "select nfold.create_queue('x', '{}')",
        "select nfold.delete_queue('score')",
        'insert into nfold.queue (name) values (1)',
      ],
      ...[
        'select * from pg_authid',
        'create role mine',
        `alter role owner password 'x'`,
        'update nfold.about set version = 2',
      ],
    ];
    for (const statement of forbidden)
      await expect(postgres.sql(statement, [], url), statement).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|0A000)$/),
      });
    begin('a', { once: true });
    await workers[0].ended;
    expect(workers[0].child.exitCode).toBe(0);
    const worker = await openQueue({ url, owner: false });
    const host = { name: 'h', class: 'c' };
    const at = new Date().toISOString();
    await worker.putCheck({
      host,
      at,
      ratio: { value: 1, low: 0.99, high: 1.01 },
      noiseFloor: 0.01,
      timeNs: 1,
      held: null,
    });
    await worker.putCheck({ host, at, ratio: null, noiseFloor: null, timeNs: null, held: 'It drifts.' });
    expect(await worker.hosts()).toMatchObject([{ host, ratio: null, held: 'It drifts.', checks: 2 }]);
    await worker.close();
  });

  test('passwords: from ~/.pgpass, wrong, missing; and in no sentence', async () => {
    await fresh();
    const name = `nfold${databases}`;
    const pgpass = join(postgres.folder, '..', `nfold-pgpass-${process.pid}`);
    writeFileSync(pgpass, `127.0.0.1:${postgres.port}:*:nfold_worker:worker-secret\n`, { mode: 0o600 });
    const bare = `postgres://nfold_worker@127.0.0.1:${postgres.port}/${name}`;
    workers.push(startWorker(bare, { name: 'a', once: true }, { PGPASSFILE: pgpass }));
    await workers[0].ended;
    rmSync(pgpass);
    expect(workers[0].child.exitCode).toBe(0);
    const at = `127.0.0.1:${postgres.port}`;
    const faults: readonly (readonly [string, string])[] = [
      [bare, `Postgres at ${at} asks for a password of the role 'nfold_worker'.`],
      [url.replace('worker-secret', 'wrong-secret'), `Postgres at ${at} does not let the role 'nfold_worker' in.`],
      [postgres.url('nobody'), `Postgres at ${at} does not let the role 'nobody' in.`],
      [postgres.url('owner', 'none'), `Postgres at ${at} has no database 'none'.`],
      [postgres.url('owner', 'postgres'), `The database 'postgres' at ${at} holds no queue yet.`],
      ['postgres://owner:the-secret@127.0.0.1:1/d', 'No Postgres answers at 127.0.0.1:1.'],
      ['postgres://owner:the-secret@no.invalid/d', 'The host of no.invalid:5432 is not known here.'],
    ];
    for (const [wrong, message] of faults)
      await expect(openQueue({ url: wrong, owner: false }), message).rejects.toMatchObject({
        message,
        exitCode: 1,
        sentence: expect.stringMatching(/^(?!.*secret)/),
      });
    await postgres.sql('create role poor login password $$poor-secret$$');
    await expect(openQueue({ url: postgres.url('poor', name) })).rejects.toMatchObject({
      message: `The role 'poor' has not the rights that it needs in '${name}' at ${at}.`,
    });
    await postgres.sql('create database empty');
    await expect(openQueue({ url: postgres.url('poor', 'empty') })).rejects.toMatchObject({
      message: expect.stringMatching(/has not the rights/),
    });
    for (const table of ['about', 'version']) {
      await postgres.sql(`update nfold.${table} set version = version + 1`, [], postgres.url('owner', name));
      for (const owner of [true, false])
        await expect(openQueue({ url: owner ? postgres.url('owner', name) : url, owner })).rejects.toMatchObject({
          message: expect.stringMatching(/has tables of (another )?version/),
        });
      await postgres.sql(`update nfold.${table} set version = version - 1`, [], postgres.url('owner', name));
    }
  });
  test('nfold worker with a true judge, and a candidate that looks for the address', async () => {
    await fresh();
    const [op, name] = ['residual_forward', `host-${process.pid}`];
    const source = `export default { about: 'looks around', setup: ({ N }) => ({ out, inp1, inp2 }) => {
      const g = globalThis as any;
      const seen = [g.process?.env, g.process?.argv, g.require, g.Deno, g.Bun].map((one) => JSON.stringify(one) ?? 'nothing');
      if (seen.some((one) => one !== 'nothing')) throw new Error('saw ' + seen.join());
      for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i];
    } };`;
    const reader = `import { readFileSync } from 'node:fs';\nexport default { about: 'reads', setup: () => { throw new Error('read ' + readFileSync('/proc/self/environ', 'utf8') + readFileSync('/proc/1/environ', 'utf8')); } };`;
    const filesOf = (text: string) => [
      { path: `kernels/${op}/attempt.ts`, content: Buffer.from(text).toString('base64') },
    ];
    const { hash } = await buildBaseline(op);
    const base = { task: op, ops: [op], baselines: { [op]: hash }, threads: 1, run: 1 };
    await queue.send([
      { key: 'looks', job: jobOf('looks', { ...base, files: filesOf(source) }) },
      { key: 'reads', job: jobOf('reads', { ...base, files: filesOf(reader) }) },
      { key: 'other', job: jobOf('other', { ...base, baselines: { [op]: 'another' }, files: filesOf(source) }) },
    ]);
    // It was checked today already.
    const host = { name, class: hostClass() };
    const ratio = { value: 1, low: 0.99, high: 1.01 };
    await queue.putCheck({ host, at: new Date().toISOString(), ratio, noiseFloor: 0.01, timeNs: 1, held: null });
    const folder = mkdtempSync(join(tmpdir(), 'nfold-worker-'));
    knowCeilings(folder);
    const {
      child,
      outcome,
      said: heard,
    } = start(['worker', '--once', '--json', '--queue', url], {
      ...{ cwd: folder, env: { NFOLD_HOST: name } },
    });
    await heard('works, class');
    const leaks: string[] = [];
    const seen = new Set<number>();
    const look = setInterval(() => {
      const own = { pid: child.pid!, command: 'the worker itself' };
      for (const file of ['cmdline', 'environ'] as const)
        for (const { pid, command } of [own, ...descendants(own.pid)]) {
          seen.add(pid);
          const text = attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'), '');
          if (text.includes('worker-secret')) leaks.push(`${file} of ${command}`);
        }
    }, 20);
    const { code, stdout, stderr } = await outcome;
    clearInterval(look);
    expect(stderr).not.toContain('worker-secret');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      ...{ code: 0, host: name, class: host.class },
      done: 2,
      refused: 1,
      held: null,
    });
    const records = await Promise.all(
      ['looks', 'reads'].map(async (key) => (await queue.scored(key))?.outcome.record ?? ''),
    );
    expect(JSON.parse(records[0])).toMatchObject({ candidates: [{ verdict: 'pass' }] });
    expect(JSON.parse(records[1])).toMatchObject({ candidates: [{ verdict: 'error' }] });
    for (const record of records) expect(record).not.toContain('secret');
    expect((await statesOf(['other']))[0]).toMatchObject({
      state: 'waiting',
      tries: 0,
      reason: expect.stringContaining('baseline'),
    });
    expect({ leaks: [...new Set(leaks)], others: seen.size > 3 }).toEqual({ leaks: [], others: true });
    rmSync(folder, { recursive: true });
  });
});

describe('the queue of a folder', () => {
  const program = join(packageRoot, 'test/support/fleet-folder.ts');
  const wordsOf = (settings: FolderSettings) => `'${program}' '${JSON.stringify(settings)}'`;

  test.skipIf(!hasSmall)('a full disk, where the queue is new, and where it has jobs', async () => {
    const none = await onSmall(`$NODE ${wordsOf({ folder: 'queue', jobs: 1 })}; echo "exit $?"`, { SIZE: '20m' });
    const full =
      'The queue in queue cannot be written to: the disk is full (ENOSPC). Make room and start it again: it goes on where it stopped.';
    expect(none.stdout.split('\n').slice(0, 2)).toEqual([full, 'exit 1']);
    const large = { folder: 'queue', jobs: 4, bytes: 6e6 };
    const { stdout } = await onSmall(
      `$NODE ${wordsOf({ ...large, fill: 'job1' })}; echo "exit $?"; $NODE ${wordsOf(large)}; echo "exit $?"; rm job1; $NODE ${wordsOf(large)}; echo "exit $?"`,
      { SIZE: '140m' },
    );
    const [filled, still, roomy] = stdout.split(/exit \d+\n/);
    expect(filled.split('\n').slice(-3)).toEqual(['full', full, '']);
    expect(still).toContain(full);
    expect(roomy).toMatch(/^open\nsent 0\n[\s\S]*scored 4 of 4\n$/);
    expect([...stdout.matchAll(/exit (\d+)/g)].map(([, code]) => code)).toEqual(['1', '1', '0']);
    // Each is scored once, in the first run or in the last.
    expect(stdout.match(/^ended .*/gm)?.sort()).toEqual(['ended job0', 'ended job1', 'ended job2', 'ended job3']);
    figures.push('a full disk under .nfold/queue: 4 jobs, 0 lost, 0 scored twice');
    expect([none.stderr, stdout].join('')).not.toMatch(/\n\s+at /);
  });

  test('kill -9 while it is made, and amid a job; a second process; damage', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nfold-folder-'));
    const run = (settings: Partial<FolderSettings> = {}) => {
      const words = JSON.stringify({ folder, jobs: 4, ...settings });
      const child = spawn(process.execPath, [program, words], { stdio: ['ignore', 'pipe', 'inherit'] });
      const said = { text: '' };
      child.stdout.on('data', (chunk) => {
        said.text += chunk;
      });
      return { child, said, ended: once(child, 'close') };
    };
    const making = run();
    await until(() => existsSync(join(folder, 'postgres')));
    making.child.kill('SIGKILL');
    await making.ended;
    expect(making.said.text).toBe('');
    const amid = run({ endless: 'job2' });
    await until(() => amid.said.text.includes('taken job2'));
    const second = run();
    await second.ended;
    expect(second.said.text).toBe(
      `Another process (${amid.child.pid}) works on the queue in ${folder}. Wait until it has ended, or end it.\n`,
    );
    amid.child.kill('SIGKILL');
    const killedAt = performance.now();
    await amid.ended;
    const again = run();
    await again.ended;
    expect(again.said.text).toMatch(/^open\nsent 0\ntaken [\s\S]*scored 4 of 4\n$/);
    const ended = [...`${amid.said.text}${again.said.text}`.matchAll(/^ended .*/gm)].map(([line]) => line);
    expect(ended.sort()).toEqual(['ended job0', 'ended job1', 'ended job2', 'ended job3']);
    const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
    figures.push(`kill -9 of the process of a folder: 4 jobs, 0 lost, 0 scored twice, ${seconds} s to recover`);
    rmSync(join(folder, 'postgres/PG_VERSION'));
    const damaged = run();
    await damaged.ended;
    expect(damaged.child.exitCode).toBe(2);
    expect(damaged.said.text).toMatch(/^The queue in .* is damaged: .*\. Move that folder away: .*\.\n$/);
    rmSync(folder, { recursive: true });
  });
});
