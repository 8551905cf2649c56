/** The .nfold-task.json of a folder that was handed out: what it is, and what it was when it left. */
import { join } from 'node:path';
import { z } from 'zod';
import { buildBaseline } from '../build/build.ts';
import { attempt } from '../contract/attempt.ts';
import { brief, NfoldError } from '../contract/errors.ts';
import { count, type DataOf, text } from '../contract/fields.ts';
import { sha256 } from '../contract/sha256.ts';
import { absent, contentOf, isLink } from '../files/given.ts';
import { runtime } from '../machine/fingerprint.ts';
import { protocol } from '../queue/job.ts';
import { byName, list, name } from '../records/fields.ts';
import type { Task } from './task.ts';

export const manifestName = '.nfold-task.json';

export const Manifest = z.object({
  schema: z.literal('nfold/task@1').describe('Version of this format.'),
  task: name.describe('Name of the op or suite.'),
  suite: name.describe('The suite whose mean is the score.'),
  ops: list('Its ops.', name, 200),
  format: z.enum(['plain', 'harbor']).describe('Kind of folder.'),
  protocol: count('Version of the protocol of scores.'),
  baselines: byName(name, 1000).describe('Content hash of the baseline of each op.'),
  files: byName(name, 1000).describe('Every file as it was written: sha256 by path.'),
  nfold: text('Version of nfold.'),
  node: text('Version of Node that it runs on.'),
  v8: text('Version of V8.'),
});
export type Manifest = DataOf<typeof Manifest>;

/** Content hashes of the baselines of a task here, as records have them. */
export async function baselinesOf({ ops }: Task): Promise<Record<string, string>> {
  const hashes: [string, string][] = [];
  for (const op of ops) hashes.push([op, (await buildBaseline(op)).hash]);
  return Object.fromEntries(hashes);
}

export async function manifestOf(
  task: Task,
  format: Manifest['format'],
  files: ReadonlyMap<string, string>,
): Promise<Manifest> {
  const hashes = [...files].map(([path, content]) => [path, sha256(content)]);
  return {
    ...{ schema: 'nfold/task@1', task: task.name, suite: task.suite.name, ops: task.ops, format, protocol },
    ...{ baselines: await baselinesOf(task), files: Object.fromEntries(hashes), ...runtime() },
  };
}

/** More than the largest has. */
const maxBytes = 2 ** 20;

/** The manifest of a folder; null if it has lost it; a sentence's end if it cannot be used. */
export function manifestIn(root: string): Manifest | null | string {
  const file = join(root, manifestName);
  const content = isLink(file) ? 'is a link' : contentOf(file, maxBytes);
  if (typeof content === 'string') return content === absent ? null : content;
  const given = attempt(() => JSON.parse(content.toString()));
  if (given === undefined) return 'is no JSON';
  const { data, error } = Manifest.safeParse(given);
  if (data) return data;
  const [{ path, message }] = error.issues;
  return brief(`does not say what a task is: ${path.join('.') || 'the whole'}: ${message}`);
}

/** Throws NfoldError if the folder was handed out for something else than what is scored here. */
export async function checkManifest(manifest: Manifest, task: Task, folder: string): Promise<void> {
  if (manifest.task !== task.name)
    throw new NfoldError(`${folder} was handed out for the task '${manifest.task}', and not for '${task.name}'.`);
  const anew = `score it with nfold ${manifest.nfold}, or hand the task out anew`;
  if (manifest.protocol !== protocol)
    throw new NfoldError(
      `${folder} was handed out under protocol ${manifest.protocol} of scores, and this nfold has ${protocol}: ${anew}.`,
      'not-comparable',
    );
  const here = await baselinesOf(task);
  const other = task.ops.find((op) => !Object.hasOwn(manifest.baselines, op) || manifest.baselines[op] !== here[op]);
  if (other !== undefined)
    throw new NfoldError(
      `${folder} was handed out with another baseline of ${other} than this nfold has: ${anew}.`,
      'not-comparable',
    );
}
