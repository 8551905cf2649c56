/** Files of an earlier revision, as git keeps them. Git runs without a shell, and only commands that read. */
import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { brief, NfoldError } from '../contract/errors.ts';
import { realPath } from './given.ts';
import { shown } from './places.ts';
import { codeOf } from './write.ts';

export interface AtRevision {
  /** The commit, as git abbreviates it. */
  readonly commit: string;
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
}

const maxBytes = 2 ** 26;
const limitMs = 60_000;

/**
 * A file of kernels/<op>/ and all of kernels/common, at a revision; the file first, and paths as from the folder above kernels/. Null if
 * git knows no revision of that name. Throws NfoldError where there is no git, no repository, or no such file in the revision.
 */
export async function kernelAt(file: string, revision: string): Promise<AtRevision | null> {
  const folder = realPath(dirname(file));
  const prefix = await git(folder, ['rev-parse', '--show-prefix']);
  if (typeof prefix === 'string')
    throw new NfoldError(`Git has no repository for ${shown(dirname(file))}: ${prefix}.`, 'no-file');
  const found = await git(folder, ['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`]);
  if (typeof found === 'string') return null;
  const id = lastLine(found);
  const short = await git(folder, ['rev-parse', '--short', id]);
  const commit = typeof short === 'string' ? id : lastLine(short);
  const op = prefix.toString().trimEnd();
  const own = `${op}${basename(file)}`;
  // Empty where the folder of the op is the top of the repository.
  const above = op.split('/').slice(0, -2);
  const common = op === '' ? [] : [[...above, 'common'].join('/')];
  const listing = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', id, '--', own, ...common]);
  if (typeof listing === 'string') throw new NfoldError(`Git cannot list the files of ${commit}: ${listing}.`);
  const home = basename(dirname(folder));
  const nameOf = (path: string) =>
    [home, ...(path === own ? [basename(folder), basename(file)] : path.split('/').slice(above.length))].join('/');
  const entries = listing
    .toString()
    .split('\0')
    .flatMap((line) => {
      // Neither links nor submodules, nor names that no kernel imports.
      const [, object, path] = /^100\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return path === undefined || /\/\.|[\\:]/.test(nameOf(path)) ? [] : [{ object, path }];
    })
    .sort((a, b) => Number(b.path === own) - Number(a.path === own));
  if (entries[0]?.path !== own) {
    const hint = 'Give a revision that has it under this name.';
    throw new NfoldError(`Revision ${commit} has no file ${own}.`, 'no-file', { file: shown(file), hint });
  }
  const contents = await blobs(folder, entries);
  return { commit, files: entries.map(({ path }, i) => ({ path: nameOf(path), content: contents[i] })) };
}

const lastLine = (output: Buffer): string => output.toString().trimEnd().split('\n').at(-1) ?? '';

/** The contents of objects, from one call of git. */
async function blobs(
  folder: string,
  entries: readonly { readonly object: string; readonly path: string }[],
): Promise<Uint8Array[]> {
  const names = entries.map(({ object }) => `${object}\n`).join('');
  const output = await git(folder, ['cat-file', '--batch'], names);
  if (typeof output === 'string') throw new NfoldError(`Git cannot read the files of that revision: ${output}.`);
  let at = 0;
  return entries.map(({ path }) => {
    // `<object> blob <size>`, a line break, the content, a line break.
    const start = output.indexOf('\n', at) + 1;
    const size = Number(output.toString('latin1', at, start).trimEnd().split(' ')[2]);
    if (Number.isNaN(size))
      throw new NfoldError(`This clone lacks the contents of ${path}: fetch them with git first.`);
    at = start + size + 1;
    return output.subarray(start, start + size);
  });
}

/** What it prints, or why it fails. */
async function git(folder: string, args: readonly string[], input?: string): Promise<Buffer | string> {
  // A clone may lack objects: the repository's own settings would say by what program they are fetched.
  const locked = {
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
  const env = { ...process.env, ...locked, LC_ALL: 'C' };
  const options = { env, encoding: 'buffer', maxBuffer: maxBytes, timeout: limitMs } as const;
  const running = promisify(execFile)('git', ['-C', folder, ...args], options);
  running.child.stdin?.on('error', () => {}).end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new NfoldError(
        'Git is not installed, or not on the PATH: an earlier revision cannot be read.',
        'no-package',
      );
    const said = `${(error as { stderr?: Buffer }).stderr ?? ''}`
      .trim()
      .split('\n')[0]
      .replace(/^fatal: /, '');
    return brief(said || `${(error as Error).message}`);
  }
}
