/** The peers in C: they agree with the oracles; where a machine lacks what they need they say so; and their process ends when the cell does. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { executable } from '../bench/peers/plain-c/build.ts';
import { suites } from '../bench/suites.ts';
import { loadOp } from '../src/catalog/ops.ts';
import { loadPeer } from '../src/catalog/peers.ts';
import { cellFiles } from '../src/cell/folder.ts';
import { Timer } from '../src/cell/timer.ts';
import { NotInstalled } from '../src/contract/peer.ts';
import type { Variant } from '../src/contract/variant.ts';
import { callOn } from '../src/judge/batch.ts';
import { compose } from '../src/judge/compose.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { expected, hasCompiler, names, scripts, verdictOn } from './support/plain-c.ts';
import { descendants, untilGone } from './support/processes.ts';

const before = { CC: process.env.CC, PATH: process.env.PATH };
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const script = scripts();
const refusal = (flags: readonly string[] = []) => executable(flags).catch((error: Error) => error);
/** Folders that builds have made and not removed. */
const left = () => readdirSync(dirname(cellFiles().empty)).filter((name) => name.startsWith('tool-'));

const ops = suites.flatMap((suite) => suite.ops.map((op) => ({ op, peers: [...suite.peers, ...suite.slowPeers] })));

// test/slow/plain-c.test.ts makes all of the checks.
describe.each(ops)('$op', ({ op, peers }) => {
  test.each(names)('%s agrees with the oracle, or says what it lacks', async (id) => {
    expect(peers).toContain(id);
    const verdict = await verdictOn(id, op, (_check, i) => i % 15 === 0);
    expect(verdictText(verdict as never)).toMatch(expected[id]);
    expect(verdict?.status).toBe(expected[id].test('pass') ? 'pass' : 'unsupported');
  });
});

describe('without', () => {
  test.each([
    ['a compiler of that name', { CC: 'no-such-cc -m64' }, "no C compiler: 'no-such-cc -m64' does not run here"],
    [
      'a PATH',
      { CC: '', PATH: '/nowhere' },
      "no C compiler: 'cc' does not run here; install gcc or clang, or let CC name one",
    ],
  ])('%s it is unsupported', async (_what, env, sentence) => {
    Object.assign(process.env, env);
    expect(await refusal()).toMatchObject({ name: 'NotInstalled', message: expect.stringContaining(sentence) });
    const verdict = await verdictOn('plain-c', 'residual_forward', (_check, i) => i === 0);
    expect(verdict).toMatchObject({ status: 'unsupported', message: expect.stringContaining(sentence) });
  });

  test('OpenMP it is unsupported, and the other peer is not', async () => {
    process.env.CC = script(
      'cc-without-openmp',
      'for word in "$@"; do',
      `  if [ "$word" = -fopenmp ]; then echo "cc: error: unsupported option '-fopenmp'" >&2; exit 1; fi`,
      'done',
      hasCompiler
        ? `exec ${before.CC || 'cc'} "$@"`
        : 'while [ $# -gt 1 ]; do [ "$1" = -o ] && echo program > "$2"; shift; done',
    );
    const found = await refusal(['-fopenmp']);
    expect(found).toBeInstanceOf(NotInstalled);
    expect((found as Error).message).toMatch(
      /compiles C, but refuses -fopenmp: cc: error: unsupported option '-fopenmp'$/,
    );
    expect(await refusal()).toEqual(expect.stringMatching(/plain-c$/));
  });
});

test('a program that does not compile is an error with its first line, and nothing is left of it', async () => {
  process.env.CC = script(
    'cc-that-fails',
    '[ "$1" = --version ] && exec echo cc 1.0',
    'echo half > program',
    'printf "In file included from main.c:10:\\nlayers.h:3:1: error: what is this\\n" >&2; exit 1',
  );
  const folders = left();
  const sentence = /its C program does not build with '.*cc-that-fails': layers\.h:3:1: error: what is this$/;
  expect(await refusal()).toMatchObject({ name: 'Error', message: expect.stringMatching(sentence) });
  const verdict = await verdictOn('plain-c', 'residual_forward', (_check, i) => i === 0);
  expect(verdict).toMatchObject({ status: 'error', message: expect.stringMatching(sentence) });
  expect(left()).toEqual(folders);
});

/** A cell of a peer at the first case of residual_forward, and a call. */
async function opened(variant: Variant, threads = 1) {
  const op = await loadOp('residual_forward');
  const image = compose({ op, case: op.cases[0], distribution: op.distributions[0], text: new Uint8Array() }, 1);
  const timer = new Timer(variant, threads);
  await timer.open(image);
  return { image, timer, turn: () => timer.turn([callOn(image, [])]) };
}

const ownClock = (prepared: string): Variant => ({
  ...{ id: 'own-clock', flags: [], threads: 'any', trusted: true },
  artifact: async () => ({
    kind: 'peer',
    prepared,
    file: new URL('./support/own-clock-peer.ts', import.meta.url).href,
  }),
});

describe('a peer with a clock of its own', () => {
  const at = async (ns: number) => {
    const { image, timer } = await opened(ownClock('for 2'), 2);
    image.tensors.inp2[0] = ns;
    try {
      return await timer.turn([callOn(image, [])], { warmup: { calls: 2, ms: 0 } });
    } finally {
      timer.close();
    }
  };

  test('has the times that it measured, and no account of the waiting of another thread', async () => {
    expect(await at(3)).toMatchObject({ timeNs: [3], queuedNs: null });
    const { timeNs, queuedNs } = await at(0);
    expect(timeNs[0]).toBeGreaterThan(3);
    expect(queuedNs === null || queuedNs.length === 1).toBe(true);
  });

  test.each([2 ** 60, -1, Number.NaN])('is refused %d ns', async (ns) => {
    await expect(at(ns)).rejects.toThrow(/its own process reports \S+ ns for a call, and \d+ ns went by/);
  });

  test('gets what it has prepared', async () => {
    await expect(opened(ownClock('something else'), 2)).rejects.toThrow('something else, and there are 2');
  });
});

describe('its process', () => {
  const started = (file: string): Variant => ({
    ...{ id: 'plain-c', flags: [], threads: 'one', trusted: true },
    artifact: async () => ({
      kind: 'peer',
      prepared: file,
      file: new URL('../bench/peers/plain-c.ts', import.meta.url).href,
    }),
  });

  test.each([
    ['ends at once', () => script('ends', 'exit 0'), /its C program ended early/],
    ['does not start', () => '/nowhere/program', /its C program could not be started: .*ENOENT/],
  ])('%s: one sentence', async (_what, file, sentence) => {
    await expect(opened(started(file()))).rejects.toThrow(sentence);
  });

  test.runIf(hasCompiler && process.platform === 'linux')(
    'ends with the cell, and the cell with a sentence',
    async () => {
      const peer = await loadPeer('plain-c', 'residual_forward');
      const programs = () => descendants(process.pid).filter(({ command }) => /\/plain-c\b/.test(command));
      const others = new Set(programs().map(({ pid }) => pid));
      const own = () => programs().filter(({ pid }) => !others.has(pid));

      const closed = await opened(peer);
      const [first] = own();
      closed.timer.close();
      await untilGone([first]);

      const killed = await opened(peer);
      const [second] = own();
      // Both are stopped while the cell has nothing to do.
      process.kill(second.parent, 'SIGKILL');
      await untilGone([second]);
      killed.timer.close();

      const { timer, turn } = await opened(peer);
      await turn();
      process.kill(own()[0].pid, 'SIGKILL');
      await expect(turn()).rejects.toThrow('its C program ended early');
      timer.close();
    },
  );
});
