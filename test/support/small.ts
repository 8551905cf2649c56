/** A small file system of a test's own: a tmpfs in a user namespace, which goes with the shell that runs in it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/files/places.ts';
import { entry, type Outcome } from './command.ts';

/** Also in a namespace, root of it may mount, and modes of files hold for all other users. */
const mount = 'mount -t tmpfs -o size=$SIZE tmpfs "$SMALL" && cd "$SMALL" || exit 99';
/** Ceilings that another run has measured are there, which takes a bench longer than all the rest. */
const known = 'if [ "$PEAKS" ]; then mkdir .nfold && cp -r "$PEAKS" .nfold/peaks; fi';

export const hasSmall = runs('unshare', ['-Urm', 'sh', '-c', `SMALL=/tmp SIZE=2m; ${mount}`]);
/** Root writes everywhere, unless it is root of nothing: in a namespace that maps no user. */
export const hasNobody = runs('unshare', ['-U', 'true']);
export const hasLimits = runs('prlimit', ['--fsize=1000', 'true']);

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Written for `sh -c`: $SMALL is of 2 MiB, or $SIZE, and the folder it starts in, $OUT is outside of it, $NFOLD starts nfold, $SRC is src/. */
export async function onSmall(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { out: string }> {
  return inShell(['unshare', '-Urm', 'sh', '-c', `${mount}\n${known}\n${script}`], env);
}

/** The same in a folder that may not be written to, by somebody who heeds that. */
export async function asNobody(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome & { out: string }> {
  return inShell(['unshare', '-U', 'sh', '-c', `cd "$SMALL" && { ${known}; } && chmod -R a-w . && ${script}`], env);
}

async function inShell([command, ...args]: readonly string[], env: Readonly<Record<string, string>>) {
  const [small, out] = ['small', 'out'].map((name) => mkdtempSync(join(tmpdir(), `nfold-${name}-`)));
  const child = spawn(command, args, {
    env: {
      ...process.env,
      ...{ NO_COLOR: '1', NODE_OPTIONS: '', TMPDIR: out, SMALL: small, OUT: out, SRC: join(packageRoot, 'src') },
      ...{ SIZE: '2m', NODE: process.execPath, NFOLD: `${process.execPath} ${entry}` },
      ...env,
    },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...said, out };
}
