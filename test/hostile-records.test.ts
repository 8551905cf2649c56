/** Records from elsewhere: whatever they hold, a command shows them or says in one sentence why not. test/slow/hostile-records.test.ts tries more. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nfold } from './support/command.ts';
import { change, commands, elsewhere, escapes, fault, raw, run, withValue } from './support/hostile.ts';

const { folder, file, other, fine, put } = elsewhere();

const shown = async (record: unknown, args: readonly string[] = ['show', file]) => {
  put(file, JSON.stringify(record));
  return nfold(args, { cwd: folder });
};

test('a value anywhere in a record', async () => {
  let i = 0;
  await fc.assert(
    fc.asyncProperty(change(fine), async ({ path, put: value }) => {
      put(file, JSON.stringify(withValue(fine, path, value)));
      const all = commands(file, other);
      expect(await run(all[i++ % all.length], folder)).toBeNull();
    }),
    { numRuns: 100 },
  );
});

test.each(commands(file, other))('escapes in every word, of record and sources: %s %s %s %s', async (...words) => {
  const args = words.filter((word) => word !== undefined);
  const text = JSON.stringify(fine, (key, value) =>
    typeof value === 'string' &&
    !/schema|createdAt|effort|verdict|tier|bound|unit|kind|rule|comparison|^hash$|code/.test(key)
      ? `${value}${escapes}`
      : value,
  );
  put(file, text);
  expect(await run(args, folder)).toBeNull();
});

describe('one sentence for', () => {
  const sentence = async (record: unknown, phrase: RegExp) => {
    const { code, stdout, stderr } = await shown(record);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(phrase);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr.length).toBeLessThan(1100);
  };
  const first = (name: string, value: object) =>
    withValue(fine, [name, '0'], { ...(fine[name] as object[])[0], ...value } as never);

  test.each([
    [
      'a name of 10 MB',
      () => first('candidates', { candidate: 'x'.repeat(1e7) }),
      /Too big.*candidates\[0\]\.candidate/,
    ],
    [
      'an interval the wrong way round',
      () => first('results', { speedup: { value: 1, low: 2, high: 0 } }),
      /low edge above/,
    ],
    [
      'a candidate that is there twice',
      () => ({ ...fine, candidates: [...(fine.candidates as object[]), (fine.candidates as object[])[0]] }),
      /same entry twice/,
    ],
    ['a time of zero', () => first('samples', { timeNs: [0] }), /samples\[0\]\.timeNs/],
    ['millions of wrong times', () => first('samples', { timeNs: Array(2e6).fill(null) }), /samples\[0\]\.timeNs/],
    ['millions of rows', () => ({ ...fine, results: Array(1e6).fill({}) }), /results/],
    ['a date that is none', () => ({ ...fine, createdAt: '2026-02-30T00:00:00Z' }), /createdAt/],
    ['a number too large', () => first('results', { timeNs: 1e300 }), /results\[0\]\.timeNs/],
  ])('%s', (_, record, phrase) => sentence(record(), phrase));

  test('a number that is no number in JSON, and a file too large', async () => {
    put(file, JSON.stringify(fine).replace(/"seconds":[\d.]+/, '"seconds":1e999'));
    expect((await nfold(['show', file], { cwd: folder })).stderr).toMatch(/^nfold: .*seconds.*\n$/);
    put(file, `${' '.repeat(2 ** 26)}{}`);
    expect((await nfold(['show', file], { cwd: folder })).stderr).toMatch(/has 67108866 bytes: the limit is/);
  });
});

test('a source hash that JavaScript objects have anyway is no text', async () => {
  const record = JSON.parse(JSON.stringify(fine));
  for (const { sources } of [...record.candidates, ...record.baselines])
    for (const one of sources ?? []) one.hash = 'constructor';
  put(file, JSON.stringify(record));
  expect(await run(['compare', other, file, '--diff'], folder)).toBeNull();
});

test('values that differ by less than a chart can show do not hang it', async () => {
  const at = (value: number) =>
    JSON.stringify(fine, (key, old) =>
      (key === 'speedup' || key === 'arithmetic') && old ? { value, low: null, high: null } : old,
    );
  put('.nfold/records/a.json', at(1e14));
  put('.nfold/records/b.json', at(1e14 + 0.125));
  const { code } = await nfold(['history', (fine.candidates as { candidate: string }[])[0].candidate], { cwd: folder });
  expect(code).toBe(0);
});

test('sources that have nothing in common do not hang compare --diff', async () => {
  const lines = (mark: string) => Array.from({ length: 60_000 }, (_, i) => `${mark}${i}`).join('\n');
  const [hash] = Object.keys(fine.texts as object);
  const texts = (mark: string) => withValue(fine, ['texts', hash], lines(mark));
  put(other, JSON.stringify(texts('a')));
  const outcome = await shown(texts('b'), ['compare', other, file, '--diff']);
  put(other, JSON.stringify(fine));
  expect(outcome.stdout).toMatch(/differ in too many lines/);
});

test('a diff shows what hides in a line', async () => {
  const [hash] = Object.keys(fine.texts as object);
  const changed = withValue(fine, ['texts', hash], `// hidden\x1b[1A\x1b[2K\u202e\r\n`);
  const { stdout } = await shown(changed, ['compare', other, file, '--diff']);
  expect(stdout).toContain('+// hidden\\u001b[1A\\u001b[2K\\u202e\\u000d\n');
  expect(stdout).not.toMatch(raw);
});

test('the fault finder finds faults', () => {
  expect(fault(['x'], { code: 0, stdout: '\x1b[2J', stderr: '' })).toMatch(/prints/);
  expect(fault(['x'], { code: 1, stdout: '', stderr: 'nfold: boom (unexpected: …)' })).toMatch(/boom/);
  expect(fault(['x'], { code: 0, stdout: 'fine', stderr: '' })).toBeNull();
});
