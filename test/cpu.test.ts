/** Which CPUs cells are kept on, and that waiting for one of them shows, whichever thread waits. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Cell } from '../src/cell/cell.ts';
import { allowedCpus, coresFirst, cpus, siblingsOf } from '../src/cell/cpu.ts';
import { openSchedstat, waitedNs } from '../src/cell/schedstat.ts';
import { compile, stopCompiler } from '../src/compiler/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-cpu-'));
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

/** A root with these lists of siblings, by CPU. */
function rootWith(name: string, lists: Readonly<Record<number, string>>): string {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  for (const [cpu, list] of Object.entries(lists)) {
    const topology = join(root, `sys/devices/system/cpu/cpu${cpu}/topology`);
    mkdirSync(topology, { recursive: true });
    writeFileSync(join(topology, 'thread_siblings_list'), `${list}\n`);
  }
  return root;
}

describe('cores come first, and their siblings after them', () => {
  const pairs = rootWith('pairs', { 0: '0-1', 1: '0-1', 2: '2-3', 3: '2-3' });
  const halves = rootWith('halves', { 0: '0,2', 1: '1,3', 2: '0,2', 3: '1,3' });
  const mixed = rootWith('mixed', { 0: '0-1', 1: '0-1', 2: '2' });
  const silent = rootWith('silent', {});

  test.each([
    ['neighbours', pairs, [0, 1, 2, 3], [0, 2, 1, 3]],
    ['halves', halves, [0, 1, 2, 3], [0, 1, 2, 3]],
    ['some of them', pairs, [1, 2, 3], [1, 2, 3]],
    ['cores of one kind and another', mixed, [0, 1, 2], [0, 2, 1]],
    ['a system that does not say', silent, [0, 1, 5], [0, 1, 5]],
    ['no CPU', pairs, [], []],
  ])('%s', (_, root, allowed, order) => {
    expect(coresFirst(allowed, root)).toEqual(order);
  });

  test('the siblings of one', () => {
    expect(siblingsOf(2, pairs)).toBe('2-3');
    expect(siblingsOf(7, pairs)).toBe('');
  });

  test('are CPUs of the affinity mask', () => {
    const allowed = allowedCpus();
    expect(cpus().toSorted()).toEqual(cpus().length > 0 ? allowed.toSorted() : []);
  });
});

/** Each thread adds numbers until so many rounds are over, and then writes its own. */
const busy = `(module
  (import "env" "memory" (memory 1 65536 shared))
  (func (export "run") (param $tid i32) (param $nthreads i32) (param $numbers i32) (param $scratch i32)
    (local $i i32)
    (loop $more
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (i32.const 30000000))))
    (i32.store
      (i32.add (local.get $numbers) (i32.shl (local.get $tid) (i32.const 2)))
      (local.get $i))))`;

/** Times and waits of calls of two threads. */
async function timed(on: readonly number[]) {
  const cell = new Cell({ flags: [], cpus: on });
  try {
    const numbers = { name: 'numbers', dtype: 'i32', offset: 0, length: 2 } as const;
    const artifact = { kind: 'wasm', bytes: await compile({ type: 'wat', text: busy }) } as const;
    await cell.open({ artifact, op: 'x', dims: {}, scalars: {}, slots: [numbers], bytes: 8, threads: 2 });
    const calls = Array.from({ length: 4 }, () => ({ writes: [], reads: [{ offset: 0, length: 8 }] }));
    return await cell.sample({ calls });
  } finally {
    cell.close();
  }
}

const [first] = openSchedstat() === null ? [] : cpus();

// Elsewhere a cell runs wherever the system puts it.
describe.runIf(first !== undefined)('two threads on one CPU', () => {
  test('wait for one another, and each call says how long: the longest wait of any thread', async () => {
    const { timeNs, queuedNs, callerQueuedNs = 0 } = await timed([first, first]);
    expect(queuedNs).toHaveLength(4);
    for (const [i, queued] of (queuedNs ?? []).entries()) {
      expect(Number.isFinite(timeNs[i])).toBe(true);
      // While one of the two works, the other waits.
      expect(queued).toBeGreaterThan(0.02 * timeNs[i]);
    }
    expect(callerQueuedNs).toBeLessThanOrEqual((queuedNs ?? []).reduce((sum, ns) => sum + ns, 0));
  });
});

test('the account of a thread grows, and there is none where the system keeps none', async () => {
  const account = openSchedstat();
  if (process.platform !== 'linux') {
    expect(account).toBeNull();
    expect((await timed([])).queuedNs).toBeNull();
    return;
  }
  expect(account).not.toBeNull();
  const before = waitedNs(account as number);
  expect(Number.isInteger(before)).toBe(true);
  expect(waitedNs(account as number)).toBeGreaterThanOrEqual(before);
  const [, waited] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
  expect(Number(waited)).toBeGreaterThanOrEqual(before);
});
