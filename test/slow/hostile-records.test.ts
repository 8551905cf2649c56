/** The same as test/hostile-records.test.ts, with many more changes, several at a time, and with every command. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { change, commands, elsewhere, run, withValue } from '../support/hostile.ts';

const { folder, file, other, fine, put } = elsewhere();

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
