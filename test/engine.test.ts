/** The pack of known engine bugs: none is in this Node, and one that is there is seen, whatever it does. */
import { expect, test } from 'vitest';
import { allowedFlags } from '../src/contract/candidate.ts';
import { engineFaults, engineLine, tryEngine } from '../src/machine/engine.ts';
import { data, engineBugs } from '../src/machine/engineBugs.ts';

test('this Node has none, with any flags that a candidate may use', async () => {
  const engine = await tryEngine();
  expect(engine.faults).toEqual([]);
  expect(engineLine(engine)).toBe(`engine: ${engineBugs.length} of ${engineBugs.length} known bugs absent`);
});

test('code that does not trap, leaves other bits or traps elsewhere is a bug', async () => {
  const bugs = [
    { bug: 'no trap', code: '', wants: 'trap' },
    { bug: 'bits', code: '(i32.store (local.get $out) (i32.const 7))', wants: data },
    { bug: 'other trap', code: '(unreachable)', wants: 'trap' },
    { bug: 'trap for bits', code: '(drop (i32.load (i32.const -1)))', wants: data },
    { bug: 'none', code: '(drop (i32.load (i32.const -1)))', wants: 'trap' },
  ] as const;
  const engine = await tryEngine(bugs, [[]]);
  expect(engine).toMatchObject({ known: 5, absent: 1 });
  expect(engine.faults.map(({ bug, fault }) => `${bug} ${fault}`)).toEqual([
    'no trap does not trap',
    'bits leaves other bits',
    expect.stringMatching(/^other trap ends in '.*unreachable/),
    expect.stringMatching(/^trap for bits ends in '.*out of bounds/),
  ]);
  expect(engineFaults(engine)[0]).toMatch(
    /^this Node has a known bug of WebAssembly, so .*: no trap does not trap\. Take another Node\.$/,
  );
});

test('an engine without bounds checks is found out, though it may end its process', async () => {
  const { faults } = await tryEngine(engineBugs, [['--no-wasm-bounds-checks', '--no-liftoff']]);
  expect(faults.length).toBeGreaterThan(3);
  expect(engineBugs.map(({ bug }) => bug)).toEqual(expect.arrayContaining(faults.map(({ bug }) => bug)));
});

test('the pack has a trap and bits for the flag that is experimental', () => {
  expect(allowedFlags).toContain('--experimental-wasm-revectorize');
  expect(new Set(engineBugs.map(({ bug }) => bug)).size).toBe(engineBugs.length);
});
