/** The peers in C at all edges of every op, in every distribution. test/plain-c.test.ts makes a fifth of these checks. */
import { describe, expect, test } from 'vitest';
import { suites } from '../../bench/suites.ts';
import { verdictText } from '../../src/judge/verdict.ts';
import { expected, names, verdictOn } from '../support/plain-c.ts';

describe.each(suites.flatMap(({ ops }) => ops))('%s', (op) => {
  test.each(names)('%s agrees with the oracle, or says what it lacks', async (id) => {
    expect(verdictText((await verdictOn(id, op)) as never)).toMatch(expected[id]);
  });
});
