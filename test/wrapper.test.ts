/** src/nfold.js in a package: which Node runs nfold, and what it says where none does. The Node that comes along is a stand-in. */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-wrapper-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const system = `${process.platform}-${process.arch}`;
const program = `
console.log(process.env.PINNED ?? 'this', ...process.argv.slice(2));
if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
process.exitCode = 3;
`;
const pinned = `#!/bin/sh
[ "$1" = --version ] && echo v99.0.0 && exit
PINNED=pinned exec '${process.execPath}' "$@"
`;

/** An installation whose own Node is this file, or is not there. */
function installed(node: string | null, { mode = 0o755, dependency = `node-${system}`, start = program } = {}): string {
  const top = mkdtempSync(join(folder, 'an installation '));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(top, file)), { recursive: true });
    writeFileSync(join(top, file), text);
  };
  const nfold = 'node_modules/nfold';
  const optionalDependencies = { 'node-other-system': '98.0.0', [dependency]: '99.0.0' };
  write(`${nfold}/package.json`, JSON.stringify({ type: 'module', optionalDependencies }));
  if (start !== '') write(`${nfold}/dist/src/start.js`, start);
  mkdirSync(join(top, nfold, 'src'));
  copyFileSync(join(packageRoot, 'src/nfold.js'), join(top, nfold, 'src/nfold.js'));
  if (node !== null) {
    write(`node_modules/${dependency}/package.json`, JSON.stringify({ bin: { node: 'bin/node' } }));
    write(`node_modules/${dependency}/bin/node`, node);
    chmodSync(join(top, `node_modules/${dependency}/bin/node`), mode);
  }
  return join(top, nfold, 'src/nfold.js');
}

/** A Node of the system that says it is older. The one that comes along does not. */
const older =
  "process.env.PINNED||Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})";
const onOlder = { NODE_OPTIONS: `--import=data:text/javascript,${older}` };

function run(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const { NFOLD_NODE, NODE_OPTIONS, PINNED, ...clean } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    env: { ...clean, ...env },
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), stderr };
}

describe.skipIf(process.platform === 'win32')('the Node that comes with nfold (its stand-in is a shell script)', () => {
  const good = installed(pinned);

  test('runs it, also where the other one is newer, with its words and its exit code', () => {
    expect(run(good, ['list', 'a b'])).toEqual({ status: 3, stdout: 'pinned list a b', stderr: '' });
    expect(run(good, [], onOlder)).toMatchObject({ status: 3, stdout: 'pinned' });
  });

  test('tells by its exit code which signal has ended it', () => {
    expect(run(good, ['die']).status).toBe(137);
  });

  test('is left aside on request', () => {
    expect(run(good, [], { NFOLD_NODE: 'system' }).stdout).toBe('this');
    expect(run(good, [], { NFOLD_NODE: '' }).stdout).toBe('pinned');
    expect(run(good, [], { NFOLD_NODE: 'system', ...onOlder })).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'nfold: This is Node 20.0.0, and nfold needs 24 or later. NFOLD_NODE=system asks for it: take that away, or start nfold with Node 24 or later.\n',
    });
    expect(run(good, [], { NFOLD_NODE: 'constructor' })).toEqual({
      status: 2,
      stdout: '',
      stderr: "nfold: NFOLD_NODE is 'constructor': give 'system', or take it away.\n",
    });
  });

  const lacksLoader = '#!/nowhere/ld-linux.so\n';
  const lacksSymbol = "#!/bin/sh\necho 'libc.so.6: version GLIBC_2.28 not found' >&2\necho more >&2\nexit 1\n";
  const again = 'install nfold again with npm, without --omit=optional';
  test.each([
    ['is not installed', installed(null), `The Node that comes with it, node-${system}, is not installed: ${again}`],
    ['may not be started', installed(pinned, { mode: 0o644 }), 'does not start here (spawnSync '],
    ['is no program', installed('\x7fELF and no more'), 'does not start here ('],
    ['lacks its loader', installed(lacksLoader), 'does not start here (it lacks its system library)'],
    ['lacks a symbol', installed(lacksSymbol), 'does not start here (libc.so.6: version GLIBC_2.28 not found)'],
    ['ends at once', installed('#!/bin/sh\nexit 5\n'), 'does not start here (exit code 5)'],
    ['is ended by a signal', installed('#!/bin/sh\nkill -ILL $$\n'), 'does not start here (SIGILL)'],
    ['is of another version', installed('#!/bin/sh\necho v98.0.0\n'), 'does not start here (v98.0.0)'],
    [
      'is there for other systems',
      installed(null, { dependency: 'node-plan-9' }),
      `No Node comes with it for ${system}`,
    ],
  ])('%s: a Node that is new enough runs nfold, and on an older one a sentence says why not', (_, file, reason) => {
    expect(run(file, ['list'])).toEqual({ status: 3, stdout: 'this list', stderr: '' });
    const { status, stdout, stderr } = run(file, [], onOlder);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^nfold: This is Node 20\.0\.0, and nfold needs 24 or later\. [^\n]*\.\n$/);
    expect(stderr).toContain(reason);
  });
});

test('a part of nfold that is missing is a sentence', () => {
  const missing =
    /^nfold: A part of it is not installed \(Cannot find [^\n]*\): install nfold again with npm, [^\n]*\.\n$/;
  for (const start of ['', "import 'no-such-package';"])
    expect(run(installed(null, { start }))).toMatchObject({ status: 2, stderr: expect.stringMatching(missing) });
  expect(run(installed(null, { start: "throw new Error('odd');" }))).toMatchObject({
    status: 2,
    stderr: `nfold: It does not start on Node ${process.versions.node} (odd).\n`,
  });
});
