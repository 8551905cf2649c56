/** The queue's packages are large, and only `task score` and `worker` load them. Node itself tells what a command loads. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { entry } from './support/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-lazy-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [hook, queue] = ['hook.mjs', 'queue.mjs'].map((name) => join(folder, name));
writeFileSync(
  hook,
  `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + '\\n');
    return next(url, context);
  },
});
`,
);
const inCheckout = (name: string) => `import ${JSON.stringify(pathToFileURL(join(packageRoot, name)).href)};\n`;
writeFileSync(
  queue,
  ['pg-boss/dist/index.js', '@electric-sql/pglite/dist/index.js']
    .map((name) => inCheckout(`node_modules/${name}`))
    .join(''),
);

/** Names of the packages that a program loads. */
function loadedBy(program: string, ...args: string[]): Set<string> {
  const LOADED = join(folder, `loaded-by-${args.join('-')}`);
  writeFileSync(LOADED, '');
  const env = { ...process.env, LOADED, NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` };
  const { stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, env, encoding: 'utf8' });
  const names = readFileSync(LOADED, 'utf8').matchAll(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/g);
  const packages = new Set([...names].map(([, name]) => name));
  expect(packages.size, stderr).toBeGreaterThan(0);
  return packages;
}

const large = ['pg-boss', 'pg', '@electric-sql/pglite'];

test.each(['', '--help', 'list', 'task --help', 'task log', 'schema', 'doctor --help', 'verify nothing'])(
  'nfold %s loads neither',
  (line) => {
    const packages = loadedBy(entry, ...line.split(' ').filter(Boolean));
    expect(packages).toContain('commander');
    expect(large.filter((name) => packages.has(name))).toEqual([]);
  },
);

test('whoever loads them is found out', () => {
  expect([...loadedBy(queue)]).toEqual(expect.arrayContaining(large));
});
