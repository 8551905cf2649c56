/** Which peers a run times: `--peers`, `--no-peers`, and the same from a program. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { library } from '../bench/peers/library.ts';
import { suites } from '../bench/suites.ts';
import { loadPeer } from '../src/catalog/peers.ts';
import { choosePeers } from '../src/commands/peers.ts';
import { bench } from '../src/index.ts';
import { nfold } from './support/command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nfold-peers-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const [train, sgemm, ops] = suites;
const chosen = (wanted: Parameters<typeof choosePeers>[1], some = suites) =>
  some.map(choosePeers(some, wanted)).map(({ peers }) => peers);

test('those of the suites, none, or those that are named, slow ones among them', () => {
  expect(chosen(undefined)).toEqual(suites.map(({ peers }) => peers));
  expect(chosen(false)).toEqual(suites.map(() => []));
  expect(chosen(['tfjs-node', 'plain-c'], [train, sgemm, ops])).toEqual([
    ['plain-c', 'tfjs-node'],
    ['tfjs-node', 'plain-c'],
    ['plain-c'],
  ]);
});

test('every peer of a suite is there and says in one line what it is', async () => {
  for (const { ops, peers, slowPeers } of suites) {
    for (const name of [...peers, ...slowPeers]) {
      const { peer, slow } = await loadPeer(name, ops[0]);
      expect(peer.about).toMatch(/^[^\n]{10,100}$/);
      // A run of everything does not wait for a slow one.
      expect(slow && peers.includes(name)).toBe(false);
    }
  }
});

test.each([
  ['--peers plain-x', 3, /^nfold: There is no peer 'plain-x' for sgemm: there are onnxruntime-node, .*plain-c/m],
  ['--peers plain-c,tfjs', 3, /^nfold: There is no peer 'tfjs' for sgemm/m],
  [
    '--peers plain-c, --no-peers',
    2,
    /^nfold: option '--peers <names>' argument 'plain-c,' is invalid\. It takes names, separated by commas\./m,
  ],
  ['--peers', 2, /^nfold: option '--peers <names>' argument missing/m],
])('%s is refused before anything runs', async (words, exitCode, sentence) => {
  const { code, stdout, stderr } = await nfold(['bench', 'sgemm/ikj-ts', '--quick', ...words.split(' ')], { cwd });
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(stderr).toMatch(sentence);
});

test('a program names them as well', async () => {
  await expect(bench(['gelu_forward'], { peers: ['jax-js'] })).rejects.toThrow(
    "There is no peer 'jax-js' for lm_ops: there are plain-c, plain-c-openmp.",
  );
  await expect(bench(['gelu_forward'], { peers: 'plain-c' as never })).rejects.toThrow(/^settings\.peers is wrong: /);
});

test.each([
  [
    { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'lib'" },
    'NotInstalled',
    /^not installed: 'npm install core lib' adds it where it can$/,
  ],
  [
    { message: 'The Node.js native addon module (tfjs_binding.node) can not be found at path: /lib/napi-v8' },
    'NotInstalled',
    /^installed without its native part for Node v\d\S+, \w+ \w+, which npm fetches or builds: 'npm rebuild lib' tries again$/,
  ],
  [
    { code: 'MODULE_NOT_FOUND', message: "Cannot find module '/lib/napi-v8/tfjs_binding.node'" },
    'NotInstalled',
    /^installed without its native part/,
  ],
  [
    { message: 'util.isArray is not a function\nat there' },
    'Error',
    /^installed but broken: util\.isArray is not a function$/,
  ],
])('a library that does not load: %j', async (fields, name, sentence) => {
  const load = () => Promise.reject(Object.assign(new Error(), fields));
  const error = await library(['core', 'lib'], load, ' where it can').catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name, message: expect.stringMatching(sentence) });
});
