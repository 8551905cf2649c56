/**
 * How long a kernel is waited for under the usual limits, and what becomes of one that takes memory until the limit.
 * isolation.test.ts has the times with limits that are injected, and the pack has cheats that take memory.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../src/build/evaluate.ts';
import { maxResidentBytes } from '../../src/cell/procfs.ts';
import { killAllCells } from '../../src/cell/runs.ts';
import { stopCompiler } from '../../src/compiler/compile.ts';
import { busyFor, call, kernel, opened, sampled } from '../support/cells.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('time', () => {
  test('a call may take 10 s, and 20 times as long as is usual', async () => {
    const cell = await opened(kernel('for (;;);'));
    await expect(sampled(cell, 1e8)).rejects.toThrow(
      'no answer within 12 s: a call may take 20 times as long as one of the baseline',
    );
  });

  test('an answer that came while this process was busy for longer is one', async () => {
    const cell = await opened(kernel('C[0] = 7;'));
    const answer = sampled(cell, 1);
    await busyFor(11_000);
    expect((await answer).C).toBe(7);
    cell.close();
  });

  test('a generator may take 10 s', async () => {
    await expect(evaluate('for (;;);')).rejects.toThrow(/no answer within 10 s/);
  });
});

describe('memory', () => {
  test('more than the heap may have is a sentence', async () => {
    const bomb = 'const all = []; for (;;) all.push(new Array(1e6).fill(1.5));';
    await expect(call(kernel(bomb))).rejects.toThrow(/JavaScript heap limit|GiB of memory/);
  });

  const filled = 'for (const all = []; ; all.push(more)) { more = new Float32Array(2 ** 24); more.fill(1); }';
  test.runIf(process.platform === 'linux')(
    'typed arrays beyond the limit are a sentence; who started it goes on',
    async () => {
      const before = process.memoryUsage().rss;
      const rest = call(kernel('for (let i = 0; i < 1e9; i++) C[0] = i; C[0] = 7;'));
      const limit = (maxResidentBytes / 2 ** 30).toFixed(1);
      await expect(call(kernel(`let more; ${filled}`))).rejects.toThrow(`it uses more than ${limit} GiB of memory`);
      expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
      expect((await rest).C).toBe(7);
    },
  );
});
