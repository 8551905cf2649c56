/** The queue of a folder, with one Postgres for all of these tests: each has a class of its own, and so a queue of its own. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { hostClass, hostClassOf } from '../src/machine/hostClass.ts';
import { openEmbedded } from '../src/queue/embedded.ts';
import { heldBy } from '../src/queue/hosts.ts';
import type { Job, Outcome } from '../src/queue/job.ts';
import { putBack, send as sendTo, states as statesIn, Taker } from '../src/queue/leases.ts';
import { openQueue } from '../src/queue/open.ts';
import type { HostCheck, Lease, Queue } from '../src/queue/queue.ts';
import { bossVersion, idOf, makeTables } from '../src/queue/tables.ts';
import { hostLock } from '../src/queue/timing.ts';
import { type Judge, type WorkEvent, type WorkOptions, work } from '../src/queue/worker.ts';
import { nfold } from './support/command.ts';
import { jobOf } from './support/fleet.ts';
import { asNobody, hasNobody } from './support/small.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-queue-'));
const maxWaiting = 30;
let queue: Queue;

beforeAll(async () => {
  queue = await openQueue({ folder, maxWaiting });
});
afterAll(async () => {
  await queue.close();
  rmSync(folder, { recursive: true, force: true });
});

const hostOf = (name: string) => ({ name, class: name });
const outcomeOf = (record: string): Outcome => ({ record, interrupted: false });
const send = (own: string, labels: readonly string[], more: Partial<Job> = {}) =>
  queue.send(labels.map((label) => ({ key: `${own} ${label}`, job: jobOf(label, { class: own, ...more }) })));
const stateOf = async (key: string) => (await queue.states([key])).get(key);

async function take(own: string): Promise<Lease> {
  const lease = await queue.take(hostOf(own));
  if (!lease) throw new Error('no job waits');
  return lease;
}

/** Works off what waits for the class; no two workers of a test wait for each other. */
async function workOff(own: string, judge: Judge, options: Partial<WorkOptions> = {}) {
  const events: WorkEvent[] = [];
  const worked = await work(queue, hostOf(own), judge, {
    ...{ once: true, signal: new AbortController().signal, lock: `nfold-${process.pid}-${own}` },
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { worked, events };
}

const checkOf = (own: string, held: string | null, timeNs = 100): HostCheck => ({
  ...{ host: hostOf(own), at: new Date().toISOString(), noiseFloor: 0.01, timeNs, held },
  ratio: { value: 1, low: 0.99, high: 1.01 },
});

test('a job is there once, in whatever state', async () => {
  expect(await send('once', ['a', 'b', 'a'])).toEqual({ added: 2, left: [] });
  expect(await send('once', ['a', 'b', 'c'])).toEqual({ added: 1, left: [] });
  const lease = await take('once');
  expect(lease.job).toEqual(jobOf('a', { class: 'once' }));
  expect(await send('once', ['a'])).toEqual({ added: 0, left: [] });
  expect(await stateOf('once a')).toEqual({ state: 'active', host: 'once', reason: null, tries: 1 });
  expect(await lease.finish(outcomeOf('x'), null)).toBe(true);
  expect(await send('once', ['a'])).toEqual({ added: 0, left: [] });
  // The same key for another class is the same job.
  expect((await queue.send([{ key: 'once a', job: jobOf('a', { class: 'other' }) }])).added).toBe(0);
  const { worked } = await workOff('once', async ({ label }) => outcomeOf(label));
  expect(worked).toEqual({ done: 2, late: 0, failed: 0, refused: 0, held: null });
  expect(await queue.take(hostOf('once'))).toBeNull();
  expect((await queue.scored('once b'))?.outcome).toEqual(outcomeOf('b'));
  expect(await queue.scored('once z')).toBeNull();
  expect([...(await queue.states(['once z'])).keys()]).toEqual([]);
});

test('the first valid outcome counts; one of a worker that was taken for lost does not', async () => {
  await send('fence', ['a']);
  const lost = await take('fence');
  await lost.giveBack();
  // Late while the job waits, and while another worker has it.
  expect(await lost.finish(outcomeOf('lost'), null)).toBe(false);
  expect(await queue.scored('fence a')).toBeNull();
  const next = await take('fence');
  expect(await lost.finish(outcomeOf('lost'), null)).toBe(false);
  await lost.fail('it fails what it no longer has');
  await lost.giveBack();
  expect(await next.finish(outcomeOf('next'), null)).toBe(true);
  // The answer to a first call may have been lost on its way: this is no late one.
  expect(await next.finish(outcomeOf('next'), null)).toBe(true);
  expect(await lost.finish(outcomeOf('lost'), null)).toBe(false);
  const scored = await queue.scored('fence a');
  expect(scored).toMatchObject({ outcome: outcomeOf('next'), host: hostOf('fence'), held: null, late: 3 });
  expect(Date.parse(scored!.finishedAt)).toBeLessThanOrEqual(Date.now());
});

test('what fails three times is dead, with its reason', async () => {
  await send('poison', ['bad']);
  for (const tries of [1, 2, 3]) {
    const lease = await take('poison');
    // It does not count.
    await lease.giveBack();
    const again = await take('poison');
    await again.fail(`reason ${tries} with \ud800 and \0 in it`);
    expect(await stateOf('poison bad')).toEqual({
      ...{ state: tries === 3 ? 'dead' : 'waiting', host: 'poison', tries },
      reason: `reason ${tries} with   and   in it`,
    });
  }
  expect(await queue.take(hostOf('poison'))).toBeNull();
  expect(await send('poison', ['bad'])).toEqual({ added: 0, left: [] });
});

test('a job during which nfold ends ten times is dead; fewer ends cost no try', async () => {
  const base = await openEmbedded(null, {});
  await makeTables(base);
  const options = { maxWaiting, heartbeatSeconds: 30 };
  for (const key of ['kills', 'fine']) await sendTo(base, [{ key, job: jobOf(key) }], options);
  const takeNext = () => new Taker(base, options, null).take(hostOf('h'), {});
  const statusOf = async (key: string) => (await statesIn(base, [key])).get(key);
  for (let ends = 1; ends < 10; ends++) {
    expect((await takeNext())?.key).toBe('kills');
    await putBack(base);
    expect(await statusOf('kills')).toEqual({ state: 'waiting', host: 'h', reason: null, tries: 0 });
  }
  // What is not running meanwhile does not count, and neither does a try that ended as it should.
  await putBack(base);
  await (await takeNext())?.fail('it throws');
  expect(await statusOf('kills')).toMatchObject({ state: 'waiting', tries: 1 });
  expect((await takeNext())?.key).toBe('kills');
  await putBack(base);
  expect(await statusOf('kills')).toMatchObject({
    ...{ state: 'dead', tries: 1 },
    reason: 'It was running each of 10 times that nfold ended unexpectedly.',
  });
  const fine = await takeNext();
  expect(fine?.key).toBe('fine');
  await putBack(base);
  expect(await fine?.finish(outcomeOf('late'), null)).toBe(false);
  expect(await (await takeNext())?.finish(outcomeOf('x'), null)).toBe(true);
  expect(await takeNext()).toBeNull();
  expect(await statusOf('fine')).toMatchObject({ state: 'done', tries: 1 });
  await base.close();
});

test('a judge that throws: the job is tried again, and the worker goes on', async () => {
  await send('throws', ['bad', 'good']);
  const judge: Judge = async ({ label }) => {
    if (label === 'bad') throw new Error('no room');
    return outcomeOf(label);
  };
  const { worked, events } = await workOff('throws', judge, { restSeconds: 0.01 });
  expect(worked).toMatchObject({ done: 1, failed: 3 });
  expect(await stateOf('throws bad')).toMatchObject({ state: 'dead', reason: 'no room', tries: 3 });
  expect(events.filter(({ kind }) => kind === 'failed')[0].sentence).toMatch(/^bad throws bad: failed .*: no room$/);
});

test('characters that no jsonb holds come through', async () => {
  const label = 'a\ud800b\u0000c';
  await send('odd', [label]);
  await workOff('odd', async ({ label }) => outcomeOf(JSON.stringify([label, '\0'])));
  expect(JSON.parse((await queue.scored(`odd ${label}`))!.outcome.record!)).toEqual([label, '\0']);
});

test('no more jobs wait than there is room for', async () => {
  const labels = Array.from({ length: maxWaiting + 5 }, (_, i) => `${i}`);
  expect(await send('full', ['first'])).toEqual({ added: 1, left: [] });
  const sent = await send('full', labels);
  expect(sent.added).toBeLessThan(maxWaiting);
  expect(sent.left).toEqual(labels.slice(sent.added).map((label) => `full ${label}`));
  expect((await send('full', ['more'])).left).toEqual(['full more']);
  const judged: string[] = [];
  const judge: Judge = async ({ label }) => {
    judged.push(label);
    return outcomeOf(label);
  };
  await workOff('full', judge);
  expect((await send('full', labels)).added).toBe(labels.length - sent.added);
  await workOff('full', judge);
  expect(judged).toEqual(['first', ...labels]);
});

test('a job that this installation cannot score stays, untried, with the reason', async () => {
  await send('refuses', ['later', 'later too'], { protocol: 2 });
  await send('refuses', ['other'], { baselines: { sgemm: 'another' } });
  await send('refuses', ['mine']);
  const fault: WorkOptions['fault'] = ({ baselines }) =>
    baselines.sgemm === 'another' ? 'It has another baseline.' : null;
  const { worked, events } = await workOff('refuses', async ({ label }) => outcomeOf(label), { fault });
  expect(worked).toEqual({ done: 1, late: 0, failed: 0, refused: 2, held: null });
  const refused = events.filter(({ kind }) => kind === 'refused').map(({ sentence }) => sentence);
  expect(refused).toHaveLength(2);
  expect(refused[0]).toContain('It is of protocol 2, and this nfold has protocol 1');
  expect(refused[1]).toContain('It has another baseline.');
  for (const label of ['later', 'other'])
    expect(await stateOf(`refuses ${label}`)).toMatchObject({
      state: 'waiting',
      tries: 0,
      reason: expect.stringMatching(/^It (is|has)/),
    });
});

test('a worker that is stopped gives its job back, which costs no try', async () => {
  await send('stop', ['a']);
  const stop = new AbortController();
  const judge: Judge = async () => {
    stop.abort();
    return { record: '', interrupted: true };
  };
  const { worked } = await workOff('stop', judge, { signal: stop.signal });
  expect(worked).toMatchObject({ done: 0, failed: 0 });
  expect(await stateOf('stop a')).toMatchObject({ state: 'waiting', tries: 0 });
  const until = await workOff('stop', async () => outcomeOf('x'), { once: false, until: ['stop a'] });
  expect(until.worked.done).toBe(1);
});

test('a host that drifts is held, with its results since its last good check', async () => {
  await send('held', ['before', 'between', 'during']);
  const judge: Judge = async ({ label }) => outcomeOf(label);
  const one = { until: ['held before'], once: false };
  await workOff('held', judge, { ...one, check: async () => checkOf('held', null) });
  await workOff('held', judge, { ...one, until: ['held between'], check: async () => expect.unreachable() });
  expect((await queue.hosts()).find(({ host }) => host.name === 'held')).toMatchObject({
    held: null,
    checks: 1,
    drift: null,
  });
  // As of a day before, so that the worker checks again.
  await queue.putCheck({ ...checkOf('held', null, 120), at: new Date(Date.now() - 86_400_000).toISOString() });
  const { worked, events } = await workOff('held', judge, { check: async () => checkOf('held', 'It drifts.', 150) });
  expect(worked).toMatchObject({ done: 1, held: 'It drifts.' });
  // The only host of a folder goes on.
  expect(events.map(({ kind }) => kind)).toEqual(['held', 'taken', 'ended']);
  expect(events[0].sentence).toBe('held is held. It drifts. Its results are kept, marked as held.');
  const held = async (label: string) => (await queue.scored(`held ${label}`))?.held;
  expect([await held('before'), await held('between'), await held('during')]).toEqual([
    'It drifts.',
    'It drifts.',
    'It drifts.',
  ]);
  const state = (await queue.hosts()).find(({ host }) => host.name === 'held');
  expect(state).toMatchObject({ ...checkOf('held', 'It drifts.', 150), at: state?.at, checks: 3 });
  expect(state?.drift).toBeCloseTo(150 / 110);
  await queue.putCheck(checkOf('held', null));
  await send('held', ['good']);
  await workOff('held', judge);
  await queue.putCheck(checkOf('held', 'Again.'));
  expect([await held('good'), await held('before')]).toEqual(['Again.', 'It drifts.']);
});

test('a host that cannot be checked is held', async () => {
  await send('unchecked', ['a']);
  const check = async (): Promise<HostCheck> => {
    throw new Error('no cell starts.');
  };
  await workOff('unchecked', async () => outcomeOf('x'), { check });
  expect((await queue.scored('unchecked a'))?.held).toBe('This host could not be checked: no cell starts.');
});

test('a host is held if its ratio is surely off 1 by more than 5 %, or is known no better than 25 %', () => {
  const ratio = (low: number | null, high: number | null) => heldBy({ value: 1, low, high });
  expect([ratio(0.98, 1.02), ratio(0.947, 0.996), ratio(0.81, 1.24), ratio(1.049, 1.2)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(ratio(0.9, 0.949)).toBe(
    'The baseline timed beside itself on this host gives 0.900 to 0.949: it is off 1 by more than 5 %.',
  );
  expect(ratio(1.051, 1.06)).toContain('off 1 by more than 5 %');
  for (const noisy of [ratio(0.79, 1.1), ratio(0.9, 1.26)]) expect(noisy).toContain('too noisy to tell 25 %');
  for (const none of [heldBy(null), ratio(null, null)]) expect(none).toContain('for want of calm rounds');
});

test('one process of a host times at a time', async () => {
  const { signal } = new AbortController();
  const name = `nfold-test-lock-${process.pid}`;
  const said: string[] = [];
  const release = await hostLock(name, signal, (sentence) => said.push(sentence));
  const second = hostLock(name, signal, (sentence) => said.push(sentence));
  const stop = new AbortController();
  const third = hostLock(name, stop.signal, () => stop.abort());
  expect(await third).toBeNull();
  await release!();
  await (await second)!();
  expect(said).toEqual(['Another process of this machine is timing: this one waits until it has ended.']);
});

test('a second process learns who has the queue of a folder', async () => {
  const holder = `Another process (${process.pid}) works on the queue in ${folder}`;
  await expect(openQueue({ folder })).rejects.toMatchObject({
    ...{ message: `${holder}.`, exitCode: 1 },
    sentence: `${holder}. Wait until it has ended, or end it.`,
  });
  const stop = new AbortController();
  const tell = (sentence: string) => {
    expect(sentence).toBe(`${holder}: this one waits until it has ended.`);
    stop.abort();
  };
  await expect(openQueue({ folder, wait: { signal: stop.signal, tell } })).rejects.toMatchObject({ exitCode: 130 });
});

const unlocked = hasNobody
  ? ''
  : ' (skipped: no namespace of a user can be made here, in which modes hold for root too)';
test.skipIf(!hasNobody)(`a folder that may not be written to${unlocked}`, async () => {
  const program = join(packageRoot, 'test/support/fleet-folder.ts');
  const run = `$NODE '${program}' '{"folder":".nfold/queue","jobs":1}'; echo "exit $?"`;
  const files = 'find . -type f | sort | xargs md5sum';
  // Where there is no queue yet, where there is one, and where somebody else has made its database.
  const { stdout, stderr } = await asNobody(
    `${run}; chmod u+w . && ${run}; chmod -R a-w .nfold; ${files} > "$OUT/before"; ${run}; ${files} | diff "$OUT/before" - && echo same
     chmod u+w .nfold/queue .nfold/queue/lock; ${run}; ${files} | diff "$OUT/before" - && echo same
     chmod -R u+w . && rm -r .nfold "$OUT/before"`,
  );
  const fault = (path: string) => `${path}: it or its folder may not be written to`;
  expect({ stdout: stdout.split('\n'), stderr }).toEqual({
    stdout: [
      ...[`${fault('.nfold/queue/lock could not be written')} (EACCES).`, 'exit 1'],
      ...['open', 'sent 1', 'taken job0', 'ended job0', 'scored 1 of 1', 'exit 0'],
      ...[`${fault('.nfold/queue/holder could not be written')} (EACCES).`, 'exit 1', 'same'],
      ...[`${fault('The queue in .nfold/queue cannot be written to')}.`, 'exit 1', 'same', ''],
    ],
    stderr: '',
  });
});

test('an address that is none is not repeated in the sentence', async () => {
  for (const url of ['postgres//u:secret@h/d', 'mysql://u:secret@h/d', 'postgres://u:sec%ret@h:x/d', ''])
    await expect(openQueue({ url })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^(?!.*sec).*postgres:\/\/user@host/),
    });
});

test('a class is what a host is, and not how fast it was', () => {
  const facts = {
    ...{
      cpu: 'AMD EPYC',
      cores: 2,
      arch: 'x64',
      virtual: true,
      class: 'amd-zen3-avx2-2c-vm',
      node: '26.10.0',
      v8: '14.1',
    },
    ...{ caches: [{ level: 'L1', bytes: 32768, private: true }], flags: ['sse', 'avx2'] },
  };
  const own = hostClassOf(facts);
  expect(own).toMatch(/^amd-zen3-avx2-2c-vm-node26-[0-9a-f]{8}$/);
  expect(hostClassOf({ ...facts, flags: ['avx2', 'sse'] })).toBe(own);
  const others = [
    ...[{ cpu: 'AMD EPYC 2' }, { cores: 3 }, { virtual: false }, { node: '26.10.1' }, { v8: '14.2' }],
    ...[{ flags: ['sse'] }, { caches: [] }],
  ];
  const classes = others.map((other) => hostClassOf({ ...facts, ...other }));
  expect(new Set([own, ...classes]).size).toBe(others.length + 1);
  expect(hostClassOf({ ...facts, class: null })).toMatch(/^x64-2c-node26-/);
  expect(hostClass()).toBe(hostClass());
  // It names a queue.
  expect(hostClass()).toMatch(/^[\w.-]+$/);
});

test('ids and tables', () => {
  expect(idOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(idOf('a')).not.toBe(idOf('b'));
  const { pgboss } = JSON.parse(readFileSync(join(packageRoot, 'node_modules/pg-boss/package.json'), 'utf8'));
  expect(pgboss.schema).toBe(bossVersion);
});

test('a worker needs a queue', async () => {
  const { code, stderr } = await nfold(['worker'], { cwd: folder, env: { NFOLD_QUEUE: undefined } });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('A worker needs a queue: give --queue postgres://'),
  });
});

test('a queue that has only jobs for other classes, and what no worker can read', async () => {
  const nobody = { name: 'nobody', class: 'never-sent' };
  expect(await queue.take(nobody)).toBeNull();
  await send('unreadable', ['a'], { effort: 'endless' as never });
  expect(await queue.take(hostOf('unreadable'))).toBeNull();
  expect(await stateOf('unreadable a')).toMatchObject({
    ...{ state: 'dead', tries: 3, reason: 'It is no job that a worker of this version can read.' },
  });
});
