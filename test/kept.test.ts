/** Profiles and trainings on disk: what is read is what was kept, the newest is found, and what is damaged or strange is passed over. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { stepsOf } from '../src/draw/losses.ts';
import { inWorkspace, workspaceAt } from '../src/files/places.ts';
import { isSameClass } from '../src/records/kept.ts';
import { KeptProfile, keepProfile, loadProfiles } from '../src/records/profile.ts';
import { keepTraining, loadTrainings, maxPoints, Training } from '../src/records/training.ts';
import { keepRun } from '../src/train/keep.ts';
import { draft } from './support/draft.ts';
import { change, escapes, raw, withValue } from './support/hostile.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-kept-test-'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
  mkdirSync(join(folder, 'tmp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const here = <T>(work: () => T): T => inWorkspace(workspaceAt(folder), work);

const { createdAt, machine, runtime } = draft();
const origin = { createdAt, machine, runtime, interrupted: false };
const step = { stepNs: 100, ops: [{ ops: ['gelu_forward'], timeNs: 60, share: 0.6 }], sumNs: 100 };

const profile = {
  ...{ ...origin, effort: 'quick' as const, seed: 1, text: 'Moby Dick' },
  variants: [
    { id: 'train_gpt2/baseline', hash: 'aaaa' },
    { id: 'train_gpt2/x', hash: 'bbbb' },
  ],
  profiles: [
    {
      ...{ case: 'B4T32', baseline: step, candidate: { ...step, id: 'train_gpt2/x', threads: 2 } },
      amdahl: [{ op: 'gelu_forward', candidate: 'gelu_forward/y', speedup: 2, record: null, share: 0.6, overall: 1.4 }],
    },
  ],
};

const compared = {
  tokensPerSecond: 10,
  steps: 2,
  largestDifference: 1e-7,
  at: 1,
  boundedSteps: 2,
  worst: 0.1,
  within: true,
};
const training = {
  ...{ ...origin, candidate: 'train_gpt2/x', hash: 'bbbb', case: 'B4T32', text: 'Moby Dick', seed: 1, threads: 2 },
  ...{ resumedAt: 0, steps: 2, timeNs: 2e9, tokensPerSecond: 100, learningRate: 0.001 },
  losses: [[1, 5] as const, [2, 4] as const],
  heldOut: [[0, 5.5] as const],
  baseline: { ...compared, losses: [[1, 5] as const, [2, 4] as const] },
};

type Tell = (sentence: string) => void;
interface Kind {
  readonly what: string;
  readonly kept: typeof profile | typeof training;
  readonly schema: z.ZodType;
  readonly keep: (about: object, warn: Tell) => string | null;
  readonly load: (tell: Tell) => Iterable<{ readonly id: string }>;
}

test('machines are of one class by its name, or else by CPU and cores', () => {
  const unknown = { ...machine, class: null };
  expect(isSameClass(machine, { ...machine, cpu: 'B' })).toBe(true);
  expect(isSameClass(unknown, { ...unknown })).toBe(true);
  for (const other of [unknown, { ...machine, class: 'arm-neon-4c' }]) expect(isSameClass(machine, other)).toBe(false);
  for (const other of [{ cpu: 'B' }, { cores: 3 }]) expect(isSameClass(unknown, { ...unknown, ...other })).toBe(false);
});

const kinds: readonly Kind[] = [
  {
    ...{ what: 'profile', kept: profile, schema: KeptProfile, load: loadProfiles },
    keep: (about, warn) => keepProfile({ ...profile, ...about }, warn),
  },
  {
    ...{ what: 'training', kept: training, schema: Training, load: loadTrainings },
    keep: (about, warn) => keepTraining({ ...training, ...about }, warn),
  },
];

describe.each(kinds)('a $what', ({ what, kept, schema, keep, load }) => {
  const place = () => join(folder, `.nfold/${what}s`);
  const put = (name: string, text: string) => {
    mkdirSync(place(), { recursive: true });
    writeFileSync(join(place(), name), text);
  };
  const sentences: string[] = [];
  const tell: Tell = (sentence) => sentences.push(sentence);
  const all = () => here(() => [...load(tell)]);
  beforeEach(() => {
    sentences.length = 0;
  });

  test('is read as it was kept, the newest first, and no file is replaced', () => {
    const files = here(() => ['1', '2', '3'].map((hash) => keep({ hash }, tell)));
    expect(readdirSync(place()).sort()).toEqual(files.map((file) => file?.slice(place().length + 1)));
    const found = all();
    expect(found.map(({ id }) => join(place(), `${id}.json`))).toEqual(files.toReversed());
    const { id } = found[0];
    expect({ ...found[0], hash: 'bbbb' }).toEqual({ hash: 'bbbb', ...kept, schema: `nfold/${what}@1`, id });
    expect(sentences).toEqual([]);
  });

  test.each([
    ['empty', '', `is not a ${what}: it is empty`],
    ['cut', '{"schema":', `is not a ${what}: `],
    ['a record', JSON.stringify({ ...draft(), id: 'x' }), `is not a ${what} of this version: `],
    ['of a later version', JSON.stringify({ ...kept, id: 'x', schema: `nfold/${what}@2` }), 'of this version: '],
    ['a list', '[]', 'of this version: '],
  ])('that is %s is passed over with one sentence, and the others are read', (_, text, phrase) => {
    put('damaged.json', text);
    here(() => keep({}, tell));
    expect(all()).toHaveLength(1);
    expect(sentences).toEqual([expect.stringContaining(phrase)]);
    expect(sentences[0]).toMatch(/^\.nfold\/\w+\/damaged\.json .*\. It is passed over\.$/);
  });

  test('may come from anywhere: any value at any place is taken or told in one printable sentence', () => {
    const whole = JSON.parse(JSON.stringify({ ...kept, id: 'x', schema: `nfold/${what}@1` }));
    fc.assert(
      fc.property(change(whole), ({ path, put: value }) => {
        put('any.json', JSON.stringify(withValue(whole, path, value)));
        sentences.length = 0;
        expect(all().length + sentences.length).toBe(1);
        expect(sentences.join()).not.toMatch(raw);
      }),
      { numRuns: 100 },
    );
    const marked = JSON.stringify(whole, (key, value) =>
      typeof value === 'string' && !/schema|createdAt|effort/.test(key) ? value + escapes : value,
    );
    expect(JSON.stringify(schema.parse(JSON.parse(marked)), null, 1)).not.toMatch(raw);
  });

  test('goes to another folder where its own cannot be made, with one warning, and is then not found', () => {
    mkdirSync(join(folder, '.nfold'));
    writeFileSync(place(), '');
    expect(here(() => keep({}, tell))).toBeNull();
    expect(sentences).toEqual([
      expect.stringMatching(
        new RegExp(`could not be written: .*; the ${what} is in .*/tmp/nfold-kept/${what}s/.*\\.json instead\\.$`),
      ),
    ]);
    const [file] = readdirSync(join(folder, 'tmp/nfold-kept', `${what}s`));
    const text = readFileSync(join(folder, 'tmp/nfold-kept', `${what}s`, file), 'utf8');
    expect(schema.safeParse(JSON.parse(text)).success).toBe(true);
    expect(all()).toEqual([]);
    expect(sentences[1]).toMatch(/^The folder \.nfold\/\w+ is no folder\. It is passed over\.$/);
  });

  test('there is none in a folder without .nfold', () => {
    expect([all(), sentences]).toEqual([[], []]);
  });
});

describe('a long training', () => {
  const length = 10_001;
  const losses = Array.from({ length }, (_, i) => 6 - i / length);
  const { createdAt: _, machine: __, runtime: ___, hash, learningRate, ...told } = training;
  const run = (about: object) => ({
    ...{
      createdAt,
      machine,
      runtime,
      variant: { hash },
      plan: { task: { case: { scalars: { learning_rate: 1e-3 } } } },
    },
    outcome: { ...told, losses: [], heldOut: [], baseline: null, sample: null, ...about },
  });
  const keptOf = (about: object) =>
    here(() => {
      keepRun(run(about) as unknown as Parameters<typeof keepRun>[0], () => {});
      return [...loadTrainings(() => {})][0];
    });

  test('keeps means over stretches of its losses, which cover all of its steps', () => {
    const baseline = { ...compared, losses: losses.slice(100) };
    const heldOut = stepsOf(losses, 0).map(({ step, loss }) => [2 * step, loss]);
    const found = keptOf({ losses, heldOut, baseline, resumedAt: 100 });
    expect(found.losses).toHaveLength(Math.ceil(length / 3));
    expect(found.losses.length).toBeLessThanOrEqual(maxPoints);
    expect(found.losses[0]).toEqual([2, expect.closeTo(losses[1])]);
    expect(found.losses.at(-1)).toEqual([length - 0.5, expect.closeTo(losses[length - 1], 3)]);
    expect(found.heldOut[0][0]).toBe(4);
    expect(found.baseline?.losses[0]).toEqual([102, expect.closeTo(losses[101])]);
  });

  test('keeps a curve of no more points as it is, and an interrupted run with its mark', () => {
    const found = keptOf({ losses: losses.slice(0, maxPoints), interrupted: true });
    expect(found).toMatchObject({ interrupted: true, hash, baseline: null, learningRate });
    expect(found.losses).toEqual(losses.slice(0, maxPoints).map((loss, i) => [i + 1, loss]));
  });

  test('is not kept without a step', () => {
    expect(keptOf({ steps: 0 })).toBeUndefined();
  });
});
