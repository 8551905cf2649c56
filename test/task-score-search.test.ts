/** The search loop of docs/example: it keeps what is surely better, goes on after a failure, and its kernels are right. */
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { scoredOf } from '../src/task/summary.ts';
import { nfold } from './support/command.ts';
import { prepare } from './support/prepared.ts';
import { score } from './support/scores.ts';

const folder = mkdtempSync(join(tmpdir(), 'nfold-search-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stands for nfold: prints what `task score --json` would print of these means, and leaves with its exit code. */
function standIn(means: { readonly [vectors: number]: number | null }): void {
  const answers = Object.entries(means).map(([vectors, mean]) => {
    const scores = [score(`${vectors}-vectors`, mean, Number(vectors) === 2 ? { held: 'it drifted' } : {})];
    return [
      `tries/${vectors}-vectors`,
      scoredOf({ task: 'residual_forward', scores, pending: [], hosts: [], interrupted: false }),
    ];
  });
  const bin = join(folder, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  const program = `#!${process.execPath}
const [, , task, what, folder, ...flags] = process.argv;
if ([task, what, ...flags].join(' ') !== 'task score --task residual_forward --quick --json') process.exit(2);
const data = ${JSON.stringify(Object.fromEntries(answers))}[folder];
console.log(JSON.stringify(data ?? { error: { message: 'no such folder' } }));
process.exitCode = data?.scores[0].verdict === 'pass' ? 0 : 1;
`;
  writeFileSync(join(bin, 'nfold'), program);
  chmodSync(join(bin, 'nfold'), 0o755);
}

test('docs/example/search.ts', { timeout: 60_000 }, async () => {
  for (const name of ['search.ts', 'package.json']) cpSync(join(packageRoot, 'docs/example', name), join(folder, name));
  standIn({ 4: 2, 8: null, 2: 3 });
  const options = { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } };
  const { stdout } = await promisify(execFile)(process.execPath, ['search.ts'], options);
  expect(stdout).toBe(
    '4 vectors: 2.00x, kept\n8 vectors: fail\n2 vectors: it drifted\nthe best: 4-vectors, of 3 tried\n',
  );
  expect(readdirSync(join(folder, 'tries')).sort()).toEqual(['2-vectors', '4-vectors', '8-vectors']);

  for (const name of readdirSync(join(folder, 'tries'))) {
    const own = join(folder, 'tries', name);
    prepare(own);
    const verified = await nfold(['verify', 'residual_forward/attempt', '--quick', '--case', 'N{?,??,???}'], {
      cwd: own,
    });
    expect(verified, verified.stderr).toMatchObject({ code: 0 });
  }
});
