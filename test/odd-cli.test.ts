/** What a user types by mistake: one sentence and its exit code, at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nfold } from './support/command.ts';
import { prepare } from './support/prepared.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-odd-cli-'));
prepare(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => nfold(args, { cwd: folder });
const long = 'a'.repeat(300);
const endless = 'a'.repeat(70_000);

describe('one sentence', () => {
  test.each([
    [['list', ''], 2, /empty argument, what follows 'list'/],
    [['verify', '--seed', ''], 2, /empty argument, what follows '--seed'/],
    [['train', '--sample', ''], 2, /empty argument, what follows '--sample'/],
    [['verify', '--seed', '0x10'], 2, /'0x10' is invalid\. It takes a seed .* or a whole number .*in plain digits\./],
    [['train', '--steps', ' 5'], 2, /' 5' is invalid\. It takes a whole number/],
    [['tune', 'x', '--minutes', '1e1'], 2, /'1e1' is invalid\. It takes a number above 0, in plain decimals/],
    [['compare', 'a', 'b', '--fail-below', '+1'], 2, /'\+1' is invalid\. It takes a number above 0/],
    [['verify', '--seed', '1', '--seed', '2'], 2, /It has a value already: give it once\./],
    [['train', '--case', 'A', '--case', 'B'], 2, /It has a value already: give it once\./],
    [['history', 'x', '--case', 'A', '--case', 'B'], 2, /It has a value already: give it once\./],
    [['bench', '--save', endless], 2, /^nfold: 'a{20}…' has 70000 characters/],
    [['bench', '--save', long], 2, /cannot be called 'a{79}…/],
    [['verify', '--text', long], 2, /The text a{80}….* has a name that is too long/],
    [['train', '--save', long], 2, /cannot be written: its name is too long/],
    [['list', long], 3, /Nothing is called or matches/],
    [[long], 2, /unknown command 'a{64}/],
    [['bench', '--reporter', 'toString'], 2, /There is no reporter 'toString'/],
    [['list', '/dev/null'], 2, /\/dev\/null is a device: give the file of a candidate/],
    [['list', '--', '-x'], 3, /Nothing is called or matches '-x'/],
    [['verify', `${'{*,*}'.repeat(20)}z`], 2, /takes too long to match/],
    [['verify', '--case', '|'], 3, /No case matches '\|'/],
  ])('nfold %j', async (args, code, message) => {
    const outcome = await run(...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).toMatch(/^nfold: [^\n]{1,1100}\n$/);
    expect(outcome.stderr).not.toContain('unexpected');
  });
});

// In a record: slow/odd-cli.test.ts.
test('--case adds up, and what matches nothing is said', async () => {
  const verify = ['verify', 'residual_forward/unroll4-wasmsimd', '--quick', '--json', '--case', 'N8192'];
  const verified = await run(...verify, '--case', 'N32768', '--case', 'Q9');
  expect(verified.code).toBe(0);
  expect(verified.stderr).toContain("no case matches 'Q9'\n");
  const both = JSON.parse(verified.stdout).results[0].checks;
  const one = JSON.parse((await run(...verify)).stdout);
  expect(both).toBeGreaterThan(one.results[0].checks);
});
