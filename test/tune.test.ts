/** What the tuner finds, what it keeps of it, and what later runs make of that. Nothing here depends on what is faster. */

import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Built, build, type Tuning } from '../src/build/build.ts';
import { type Event, events, tunedParameters, type Winner } from '../src/build/tuned.ts';
import { type CandidateFile, identify, scan } from '../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../src/catalog/ops.ts';
import { stopCompiler } from '../src/compiler/compile.ts';
import { makeRng } from '../src/contract/rng.ts';
import { packageRoot } from '../src/files/places.ts';
import { efforts } from '../src/stopwatch/effort.ts';
import { append } from '../src/tune/log.ts';
import { changes, keyOf, propose, search, sizeOf } from '../src/tune/search.ts';
import { common, dims, trial } from './support/trial.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-tune-'));
afterAll(() => {
  stopCompiler();
  rmSync(folder, { recursive: true, force: true });
});

const winner: Winner = {
  type: 'winner',
  ...common,
  parameters: { MR: 4 },
  machine: 'example',
  own: { MR: 6 },
  confirmed: true,
  ratio: { value: 1.1, low: 1.05, high: 1.15 },
  checks: 10,
  timeNs: [[1]],
  defaultNs: [[1.1]],
};

describe('the log', () => {
  test('is read back as it was written, and half a line at its end is no harm', () => {
    const file = join(folder, 'deep/log.jsonl');
    append(file, trial);
    append(file, winner);
    appendFileSync(file, '{"type":"winn');
    expect(events(file, 'abc')).toEqual([trial, winner]);
    expect(events(join(folder, 'none.jsonl'), 'abc')).toEqual([]);
  });

  test('a confirmed winner holds for its source, dims and threads alone, and the last word counts', () => {
    const file = join(folder, 'winners.jsonl');
    append(file, winner);
    const found = tunedParameters(file, 'abc');
    expect(found({ N: 64, M: 64 }, 2)).toEqual({ MR: 4 });
    expect(found(dims, 1)).toBeNull();
    expect(found({ M: 65, N: 64 }, 2)).toBeNull();
    expect(tunedParameters(file, 'other source')(dims, 2)).toBeNull();
    append(file, { ...winner, confirmed: false, parameters: { MR: 6 } });
    expect(tunedParameters(file, 'abc')(dims, 2)).toBeNull();
  });
});

describe('the space', () => {
  const space = { MR: [4, 6], split: ['M', 'N'] };
  const own = { MR: 6, split: 'M', fixed: 1 };

  test('is proposed whole, each configuration once, and what is fixed stays', () => {
    const rng = makeRng(1);
    const tried = new Set([keyOf(own)]);
    for (let next = propose(space, own, tried, rng); next; next = propose(space, own, tried, rng)) {
      expect(next.fixed).toBe(1);
      tried.add(keyOf(next));
    }
    expect(tried.size).toBe(sizeOf(space));
    expect(propose({}, own, new Set(), rng)).toBeNull();
  });

  test('changes are told without what is as before', () => {
    expect(changes({ MR: 4, split: 'M', fixed: 1 }, own)).toEqual({ MR: 4 });
    expect(keyOf({ b: 1, a: 2 })).toBe(keyOf({ a: 2, b: 1 }));
  });
});

/** A generator of the package with three heights to choose from, of which 4 computes nothing and 5 does not build. */
async function rigged(): Promise<Built & { readonly tuning: Tuning }> {
  const idle = await build(
    identify(join(packageRoot, 'test/fixtures/kinds/sgemm/text.wat'), ['sgemm']) as CandidateFile,
  );
  const generators = scan().candidates.filter(({ op, kind }) => op === 'sgemm' && kind === 'wasm.ts');
  for (const built of await Promise.all(generators.map(build))) {
    const { tuning } = built;
    if (!tuning?.space.MR) continue;
    const rig = (parameters: Parameters<Tuning['with']>[0]): Built => {
      const real = tuning.with(parameters);
      if (parameters.MR === 4) return { ...real, artifact: idle.artifact };
      if (parameters.MR === 5) return tuning.with({ ...parameters, MR: -1, NR: 'none' });
      return real;
    };
    return { ...built, flags: [], tuning: { ...tuning, space: { MR: [4, 5, 6], unroll: [1, 2] }, with: rig } };
  }
  throw new Error('no generator of sgemm has a parameter MR');
}

test('a search passes over what is wrong or does not build, keeps its evidence, and goes on where it stopped', async () => {
  const [whole, oracle, built] = await Promise.all([loadOp('sgemm'), loadOracle('sgemm'), rigged()]);
  const op = { ...whole, edges: whole.edges.slice(4, 8) };
  const file = join(folder, 'search.jsonl');
  const request = {
    ...{
      op,
      oracle,
      built,
      baseline: built,
      file,
      c: op.cases[0],
      threads: 1,
      used: 1,
      seed: 3,
      text: new Uint8Array(),
    },
    ...{
      keep: (event: Event) => append(file, event),
      budgetMs: 60_000,
      effort: { ...efforts.quick, budgetS: 1, sampleMs: 1, warmMs: 1 },
    },
    ...{ signal: new AbortController().signal, onProgress: () => {} },
  };
  const found = await search(request);
  expect(found).toMatchObject({ type: 'winner', case: 'M64N64K64', threads: 1, hash: built.hash });
  expect(found.parameters.MR).toBe(6);
  expect(found.own).toEqual(await built.tuning.with({}).tuning?.parameters(op.cases[0].dims, 1));
  if (found.confirmed) expect(found.ratio?.low).toBeGreaterThan(1);
  else expect(found.parameters).toEqual(found.own);
  const trials = () => events(file, built.hash).filter((event) => event.type === 'trial');
  const first = trials();
  const wrong = first.filter(({ parameters }) => parameters.MR !== 6);
  expect(wrong.length).toBeGreaterThan(0);
  for (const { failure, rung } of wrong) {
    expect(failure).toBeTruthy();
    expect(rung).toBe(0);
  }
  for (const trial of first) if (trial.failure === null) expect(trial.timeNs.length).toBeGreaterThan(0);
  expect(events(file, built.hash).at(-1)).toEqual(found);
  await search(request);
  expect(trials().filter(({ rung }) => rung === 0)).toEqual(first.filter(({ rung }) => rung === 0));
});
