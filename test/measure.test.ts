/** The stopwatch end to end on small cases: samples in order, timed outputs checked, cheats in timed calls found. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { build, buildBaseline } from '../src/build/build.ts';
import { scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { loadPeer } from '../src/catalog/peers.ts';
import { loadText } from '../src/catalog/text.ts';
import { Cell } from '../src/cell/cell.ts';
import { cpus } from '../src/cell/cpu.ts';
import type { AnyOp } from '../src/contract/op.ts';
import type { Variant } from '../src/contract/variant.ts';
import { verdictText } from '../src/judge/verdict.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { measure } from '../src/stopwatch/measure.ts';
import type { Measured } from '../src/stopwatch/request.ts';
import { until } from './support/processes.ts';
import { variantFrom } from './support/variants.ts';

/** A call of the baseline would have to take 100 ms for a case to have another number of turns than two, and 50 ms for one of calls. */
const effort = { ...efforts.quick, rounds: [2, 2] as const, turns: 2, sampleMs: 100, maxCalls: 4, warmMs: 20 };

async function run(
  opName: string,
  variants: Variant[],
  choose = (op: AnyOp) => op.cases[0],
  signal = new AbortController().signal,
): Promise<Measured> {
  const op = await loadOp(opName);
  return measure({
    op,
    oracle: await loadOracle(opName),
    baseline: await buildBaseline(opName),
    variants,
    cases: [choose(op)],
    effort,
    seed: 1,
    threads: 2,
    text: loadText(undefined, [op]).bytes,
    signal,
    onProgress: () => {},
  });
}

const candidate = (id: string) => {
  const found = scan().candidates.find((c) => c.id === id);
  if (!found) throw new Error(`no candidate ${id}`);
  return build(found);
};

describe('sgemm', () => {
  test('an honest candidate passes, and its samples lie beside the baseline in every round', async () => {
    const { samples, verdicts, interrupted } = await run('sgemm', [await candidate('sgemm/ikj-ts')]);
    expect(interrupted).toBe(false);
    expect(verdictText(verdicts.get('sgemm/ikj-ts') as never)).toBe('pass');
    for (const round of [0, 1]) {
      const inRound = samples.filter((s) => s.round === round);
      const arms = ['sgemm/baseline', 'sgemm/ikj-ts', 'sgemm/ikj-ts (twin)'];
      const order = (turn: number) => inRound.filter((s) => s.turn === turn).map(({ variant }) => variant);
      expect(order(0).toSorted()).toEqual(arms);
      expect(order(1)).toEqual(order(0).toReversed());
      for (const { timeNs, queuedNs } of inRound) {
        // Only Linux keeps this account.
        if (process.platform === 'linux') expect(queuedNs).toHaveLength(timeNs.length);
        expect((queuedNs ?? []).every((ns) => Number.isFinite(ns) && ns >= 0)).toBe(true);
        expect(timeNs.length).toBeGreaterThan(0);
        expect(timeNs.every((ns) => Number.isFinite(ns) && ns > 0)).toBe(true);
      }
    }
  });

  test('a cached answer is found in the timed calls', async () => {
    const cheat = await variantFrom('adversaries/sgemm/first-answer.ts');
    const { verdicts } = await run('sgemm', [cheat]);
    const verdict = verdicts.get(cheat.id);
    expect(verdict?.status).toBe('fail');
    if (verdict?.status === 'fail') expect(['sketch', 'differs']).toContain(verdict.failure.reason);
  });

  test('what dies in a timed call ends with a verdict, and the others are timed all the same', async () => {
    const exits = await variantFrom('adversaries/sgemm/exits.ts');
    const honest = await variantFrom('odd-but-honest/sgemm/f64-jki.ts');
    const { verdicts, samples } = await run('sgemm', [exits, honest]);
    expect(verdictText(verdicts.get(exits.id) as never)).toMatch(/process is not defined/);
    expect(verdicts.get(honest.id)?.status).toBe('pass');
    expect(samples.filter(({ variant }) => variant === honest.id)).toHaveLength(4);
  });

  test('peers are timed and checked like candidates; an absent one says why', async () => {
    const present = await loadPeer('tfjs-backend-wasm', 'sgemm');
    const { verdicts } = await run('sgemm', [present]);
    expect(verdictText(verdicts.get(present.id) as never)).toBe('pass');
    for (const name of ['onnxruntime-node', 'jax-js']) {
      const other = await loadPeer(name, 'sgemm');
      expect(verdictText((await run('sgemm', [other])).verdicts.get(name) as never)).toBe('pass');
    }
    const absent: Variant = {
      ...present,
      id: 'absent',
      artifact: async () => ({ kind: 'peer', file: new URL('./support/absent-peer.ts', import.meta.url).href }),
    };
    const { verdicts: later } = await run('sgemm', [absent]);
    expect(verdictText(later.get('absent') as never)).toMatch(/not installed: no such library/);
    expect(later.get('absent')?.status).toBe('unsupported');
  });
});

/** An edge takes a hundredth of the time of a timed model. */
const small = ({ edges }: AnyOp) => edges[edges.length - 2];

describe('train_gpt2', () => {
  test('tfjs trains by its own gradients, and what it computes passes as a candidate would', async () => {
    const peer = await loadPeer('tfjs-backend-wasm', 'train_gpt2');
    const { verdicts, samples } = await run('train_gpt2', [peer], small);
    expect(verdictText(verdicts.get(peer.id) as never)).toBe('pass');
    const turns = (id: string) => samples.filter((s) => s.variant === id).map(({ round, turn }) => [round, turn]);
    expect(turns(peer.id)).toEqual(turns('train_gpt2/baseline'));
  });

  test('so does jax-js, by its own', async () => {
    const peer = await loadPeer('jax-js', 'train_gpt2');
    const { verdicts } = await run('train_gpt2', [peer], small);
    expect(verdictText(verdicts.get(peer.id) as never)).toBe('pass');
  });

  test('the state carries on over calls, and the drawn call is checked in full', async () => {
    const honest: Variant = { ...(await buildBaseline('train_gpt2')), id: 'same' };
    const { verdicts } = await run('train_gpt2', [honest], small);
    expect(verdictText(verdicts.get('same') as never)).toBe('pass');
  });

  test('a step that leaves a tensor alone is found in the timed calls', async () => {
    const cheat = await variantFrom('adversaries/train_gpt2/still-wpe.ts');
    const { verdicts } = await run('train_gpt2', [cheat], small);
    expect(verdictText(verdicts.get(cheat.id) as never)).toMatch(
      /wpe of timed call \d+ is the same after the step as before it/,
    );
  });
});

// Where there is no choice of CPUs, or no `taskset`, cells run wherever the system puts them.
test.runIf(cpus().length > 0)('a cell stays on the CPU that it is given', async () => {
  const cpu = cpus().at(-1) as number;
  const before = childrenHere();
  const cell = new Cell({ flags: [], cpus: [cpu] });
  const [pid] = childrenHere().filter((child) => !before.includes(child));
  try {
    const allowed = () => /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    await until(() => allowed() === `${cpu}`);
  } finally {
    cell.close();
  }
});

const childrenHere = () =>
  readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').trim().split(' '),
  );

test('an abort keeps what was measured', async () => {
  const controller = new AbortController();
  const op = await loadOp('sgemm');
  let cases = 0;
  const measured = await measure({
    op,
    oracle: await loadOracle('sgemm'),
    baseline: await buildBaseline('sgemm'),
    variants: [await candidate('sgemm/ikj-ts')],
    cases: op.cases.slice(0, 2),
    effort,
    seed: 1,
    threads: 1,
    text: new Uint8Array(),
    signal: controller.signal,
    onProgress: ({ stage }) => {
      if (stage.startsWith('round') && ++cases === 8) controller.abort();
    },
  });
  expect(measured.interrupted).toBe(true);
  expect(measured.samples).toHaveLength(6);
});
