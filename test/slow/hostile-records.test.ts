/** The same as test/hostile-records.test.ts, with many more changes, several at a time, and with every command. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { change, commands, elsewhere, run, small, withValue } from '../support/hostile.ts';

const { folder, file, other, put, done } = elsewhere();
const fine = small();
beforeAll(() => {
  mkdirSync(join(folder, '.nfold/records'), { recursive: true });
  put(other, JSON.stringify(fine));
});
afterAll(done);

test('up to four values anywhere in a record, under every command', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(change(fine), { minLength: 1, maxLength: 4 }), async (changes) => {
      const record = changes.reduce<Parameters<typeof withValue>[0]>((now, { path, put: value }) => {
        // An earlier change may have taken the path away.
        try {
          return withValue(now, path, value);
        } catch {
          return now;
        }
      }, fine);
      put(file, JSON.stringify(record));
      for (const args of commands(file, other)) expect(await run(args, folder)).toBeNull();
    }),
    { numRuns: 40 },
  );
});
