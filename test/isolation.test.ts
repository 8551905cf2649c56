/** What JavaScript that is not ours can reach, in a timed cell and when it is built, and what becomes of what it takes. */
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { evaluate } from '../src/build/evaluate.ts';
import { checkModule } from '../src/build/module.ts';
import { Cell } from '../src/cell/cell.ts';
import { endGroup, isolation, startLocked } from '../src/cell/lockdown.ts';
import { maxDataBytes, maxResidentBytes } from '../src/cell/procfs.ts';
import { killAllCells } from '../src/cell/runs.ts';
import { asScript } from '../src/compiler/bundle.ts';
import { compile, stopCompiler } from '../src/compiler/compile.ts';
import { Record } from '../src/records/schema.ts';
import { reportRecord } from '../src/report/terminal.ts';
import { busyFor, call, kernel, opened, openIn, sampled } from './support/cells.ts';
import { draft } from './support/draft.ts';
import { until } from './support/processes.ts';

afterAll(() => {
  killAllCells();
  stopCompiler();
});

describe('a timed cell', () => {
  const missing =
    'process require performance Date Worker WebAssembly setTimeout queueMicrotask fetch console Promise Proxy Intl Temporal eval Function';
  const cell = new Cell({ flags: [] });
  test.each(missing.split(' '))('%s is not there', async (name) => {
    await openIn(cell, kernel(`${name}.name;`));
    await expect(sampled(cell)).rejects.toThrow(`${name} is not defined`);
  });

  test('code from strings is refused', async () => {
    await expect(call(kernel("(() => {}).constructor('return 1')();"))).rejects.toThrow(/Code generation from strings/);
  });

  test('what goes in leads to no object of another realm', async () => {
    const same = 'Object.getPrototypeOf(Object.getPrototypeOf(C.buffer)) === Object.prototype';
    const arena = 'Object.getPrototypeOf(arena.f32) === Object.getPrototypeOf(() => {})';
    expect((await call(kernel(`C[0] = ${same} && ${arena} ? 1 : 0;`))).C).toBe(1);
    const thrown = 'try { arena.f32(1e12); } catch (error) { C[0] = error instanceof RangeError ? 1 : 0; }';
    expect((await call(kernel(thrown))).C).toBe(1);
  });

  test('what is patched inside is not what reports', async () => {
    const patches = [
      'Array.prototype.push = () => 0;',
      'Object.prototype.valueOf = () => 0;',
      'Number.prototype.valueOf = () => 0;',
      'Float32Array.prototype.set = () => 0; Float32Array.prototype.slice = () => [];',
      'Object.getPrototypeOf(Float32Array).prototype.subarray = () => [];',
      'Math.abs = Math.min = () => 0;',
    ].join(' ');
    const { C, timeNs } = await call(kernel(`${patches} for (let i = 0; i < 1e6; i++) C[0] = i;`));
    expect(C).toBe(999999);
    expect(timeNs).toBeGreaterThan(1000);
  });

  test('a promise never settles', async () => {
    expect((await call(kernel('C[0] = 1; (async () => { await 0; C[0] = 2; })();'))).C).toBe(1);
  });

  test('an error whose name is no text leads out, to built-ins that are frozen', async () => {
    const out = `
      let foreign;
      try { Object.assign(new Error(), { name: Symbol() }).stack; } catch (error) { foreign = error; }
      let top = foreign;
      while (Object.getPrototypeOf(top)) top = Object.getPrototypeOf(top);
      const theirs = top.constructor;
      const tried = (attempt) => { try { attempt(); return 0; } catch { return 1; } };
      const found = [
        theirs !== Object,
        [theirs, top, foreign.constructor, theirs.getPrototypeOf(foreign.constructor)].every(Object.isFrozen),
        tried(() => { top.mine = 1; }) && tried(() => { theirs.keys = 1; }),
        tried(() => theirs.constructor('return process')()),
        !('process' in foreign) && !('process' in top),
      ];`;
    expect((await call(kernel(`${out} C[0] = found.every(Boolean) ? 1 : 100 + found.findIndex((x) => !x);`))).C).toBe(
      1,
    );
  });

  // The usual limits are tested in slow/limits.test.ts.
  test('a call that does not end is ended, by what is usual', async () => {
    const cell = await opened(kernel('for (;;);'), { graceMs: 600 });
    await expect(sampled(cell, 2e7)).rejects.toThrow(
      'no answer within 1 s: a call may take 20 times as long as one of the baseline',
    );
  });

  test('an answer that came while this process was busy is one', async () => {
    const cell = await opened(kernel('C[0] = 7;'), { graceMs: 1000 });
    try {
      const answer = sampled(cell, 1);
      await busyFor(2000);
      expect((await answer).C).toBe(7);
    } finally {
      cell.close();
    }
  });

  // In arrays that it never writes to, so that no memory is in use, and watching it finds nothing.
  test.runIf(existsSync('/usr/bin/prlimit'))('there is a limit as well between two looks', async () => {
    const taken = 'const all = []; try { for (;;) all.push(new Float32Array(2 ** 24)); } catch { C[0] = all.length; }';
    const { C } = await call(kernel(taken));
    expect(C * 2 ** 26).toBeGreaterThan(maxResidentBytes / 2);
    expect(C * 2 ** 26).toBeLessThan(maxDataBytes);
  });
});

describe('a WebAssembly module', () => {
  const memory = '(import "env" "memory" (memory 1 65536 shared))';
  const run = '(func (export "run"))';
  const refused: [string, string, RegExp][] = [
    ['another import', `(import "env" "now" (func)) ${memory} ${run}`, /imports the function env\.now/],
    ['no memory', run, /does not import its memory/],
    [
      'more memory than there is',
      `(import "env" "memory" (memory 3 65536 shared)) ${run}`,
      /imports a memory of 3 to 65536 pages/,
    ],
    ['a memory that is not shared', `(import "env" "memory" (memory 1 65536)) ${run}`, /a memory of another kind/],
    ['a start function', `${memory} ${run} (func $ahead) (start $ahead)`, /has a start function/],
    [
      'data',
      `${memory} ${run} (data (i32.const 0) "${'x'.repeat(65536)}")`,
      /brings \d+ bytes of data: the limit is 65536/,
    ],
    ['no run', memory, /exports no function$/],
  ];
  test.each(refused)('%s is refused', async (_, text, message) => {
    const bytes = await compile({ type: 'wat', text: `(module ${text})` });
    await expect(checkModule(bytes)).rejects.toThrow(message);
  });

  test('a second memory is refused', async () => {
    const imported = [0x02, 0x12, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 3, 1, 0x80, 0x80, 0x04];
    const own = [0x05, 3, 1, 0, 1];
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    await expect(checkModule(new Uint8Array([...header, ...imported, ...own]))).rejects.toThrow(
      /has a memory of its own/,
    );
  });

  test('more bytes than a kernel needs are refused', async () => {
    await expect(checkModule(new Uint8Array(2 ** 20 + 1))).rejects.toThrow(
      /a module of 1048577 bytes: the limit is 1048576/,
    );
  });

  test('what lies within the limits is not', async () => {
    const data = `(data (i32.const 0) "${'x'.repeat(60000)}")`;
    const bytes = await compile({ type: 'wat', text: `(module ${memory} ${run} ${data})` });
    expect((await checkModule(bytes)).exports).toMatchObject([{ name: 'run' }]);
  });
});

describe('building', () => {
  test('import() is refused before anything runs', async () => {
    await expect(asScript(kernel("import('node:' + 'fs');"))).rejects.toThrow(/calls import\(\)/);
  });

  test('one candidate does not meddle with the building of another', async () => {
    await evaluate(await asScript("Array.prototype.join = () => 'mine'; export default { about: 'x' };"));
    expect(await evaluate(await asScript("export default { about: ['a', 'b'].join(' ') };"))).toEqual({ about: 'a b' });
  });

  test('it reaches no file, clock or process', async () => {
    await expect(evaluate(await asScript('export default { about: process.cwd() };'))).rejects.toThrow(
      /process is not defined/,
    );
  });

  test('a script that does not end is ended', async () => {
    const cell = new Cell({ flags: [] });
    await expect(cell.evaluate({ code: 'for (;;);' }, 1000)).rejects.toThrow(/no answer within 1 s/);
  });
});

describe('a locked process', () => {
  test('reads, writes, starts, loads and connects to nothing, and has an empty environment', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const main = fileURLToPath(new URL('./fixtures/locked/reaches.mjs', import.meta.url));
    const locked = startLocked({ main, reads: [], flags: [] }, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    locked.send(port);
    try {
      const [outcomes] = await once(locked, 'message');
      const denied = 'ERR_ACCESS_DENIED';
      expect(outcomes).toMatchObject({
        environment: '',
        read: denied,
        write: denied,
        spawn: denied,
        code: 'EvalError',
      });
      expect(outcomes.addon).toMatch(/ERR_DLOPEN_DISABLED|ERR_ACCESS_DENIED/);
      expect(outcomes.connect).toMatch(/ERR_ACCESS_DENIED|ENETUNREACH|ECONNREFUSED/);
    } finally {
      endGroup(locked);
      server.close();
    }
  });

  test.runIf(process.platform === 'linux')('it is the first that the system ends where memory is short', async () => {
    const main = fileURLToPath(new URL('./fixtures/locked/reaches.mjs', import.meta.url));
    const locked = startLocked({ main, reads: [], flags: [] }, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    try {
      locked.send(1);
      await once(locked, 'message');
      expect(readFileSync(`/proc/${locked.pid}/oom_score_adj`, 'utf8')).toBe('1000\n');
    } finally {
      endGroup(locked);
    }
  });

  test.runIf(process.platform === 'linux')('a cell that is not asked anything is stopped', async () => {
    const cell = new Cell({ flags: [] });
    try {
      await cell.evaluate({ code: await asScript("export default { about: 'x' };") }, 10_000);
      await until(() => statesOfChildren().includes('T'));
    } finally {
      cell.close();
    }
  });
});

/** As Linux has them: R runs, S sleeps, T is stopped. */
function statesOfChildren(): string[] {
  const own = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
  return own.flatMap((pid) => {
    try {
      const [, state, parent] = /\) (\w) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return parent === `${process.pid}` ? [state] : [];
    } catch {
      return [];
    }
  });
}

test('a record says what the isolation was, beneath the table; one from before does not', () => {
  const shown = (isolated: string | null) => {
    const record = { ...draft({ overrides: { isolation: isolated } }), id: 'x' };
    return stripVTControlCharacters(reportRecord(Record.parse(record)));
  };
  expect(shown('permission model only')).toMatch(/J: JavaScript, trusted less; isolation: permission model only$/m);
  expect(shown(null)).not.toMatch(/isolation/);
});

test('the name of the isolation here says what a cell is in', async () => {
  const namespace = (pid: number | string) => readlinkSync(`/proc/${pid}/ns/net`);
  const main = fileURLToPath(new URL('./fixtures/locked/reaches.mjs', import.meta.url));
  const locked = startLocked({ main, reads: [], flags: [] }, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  try {
    // What wraps it has become Node by then, in the namespaces that it stays in; it ends with its answer.
    const isNode = () => expect(realpathSync(`/proc/${locked.pid}/exe`)).toBe(realpathSync(process.execPath));
    if (process.platform === 'linux') await vi.waitFor(isNode, { timeout: 60_000 });
    const own = process.platform === 'linux' && namespace(locked.pid as number) !== namespace('self');
    locked.send(1);
    await once(locked, 'message');
    expect(isolation()).toBe(own ? 'user namespace + permission model' : 'permission model only');
  } finally {
    endGroup(locked);
  }
});
