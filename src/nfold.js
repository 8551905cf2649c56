#!/usr/bin/env node
/**
 * The command, in plain JavaScript that any Node can read. It runs nfold on the Node that comes with it, because V8 is part of what is
 * measured. Without that one it takes the Node that runs this file, if that is new enough; NFOLD_NODE=system asks for it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Others may list the words of a process, and an address may hold a password: these words go at once.
if (process.argv.some((word) => word.includes('://'))) process.title = 'nfold';

const require = createRequire(import.meta.url);
const oldest = 24;
const here = process.versions.node;
const system = `${process.platform}-${process.arch}`.replace('win32', 'win');
const [name, version] =
  Object.entries(require('../package.json').optionalDependencies).find(([name]) => name.endsWith(`-${system}`)) ?? [];

/** A checkout has the sources, a package what is compiled from them. */
const isCheckout = existsSync(new URL('./start.ts', import.meta.url));
const start = new URL(isCheckout ? './start.ts' : '../dist/src/start.js', import.meta.url);
const again = isCheckout ? "run 'npm ci' in nfold's folder" : 'install nfold again with npm, without --omit=optional';
const another = `start nfold with Node ${oldest} or later`;

/** @param {string} sentence */
function refuse(sentence) {
  // The environment's words are not ours.
  const plain = sentence.replace(/[^\P{C}]+/gu, ' ');
  process.stderr.write(`nfold: ${plain}\n`);
  const unknown = { file: null, line: null, column: null, hint: null };
  if (process.argv.includes('--json'))
    process.stdout.write(
      `${JSON.stringify({ error: { code: 'no-package', message: sentence, ...unknown } }, null, 2)}\n`,
    );
  process.exitCode = 2;
}

/** The program of the Node that comes with nfold, or why it cannot be used and what to do. */
function pinned() {
  if (!name) return { why: `No Node comes with it for ${system}`, remedy: another };
  let program;
  try {
    const file = require.resolve(`${name}/package.json`);
    program = join(dirname(file), require(file).bin.node);
  } catch {
    return { why: `The Node that comes with it, ${name}, is not installed`, remedy: again };
  }
  const { error, stdout, stderr, status, signal } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (stdout?.trim() === `v${version}`) return { program };
  // The kernel says so of a program whose loader is missing, such as that of glibc on Alpine.
  const isForeign = error?.code === 'ENOENT' && existsSync(program);
  const failed = isForeign ? 'it lacks its system library' : error?.message;
  const said = failed ?? signal ?? ([stderr, stdout].join('').trim().split('\n')[0] || `exit code ${status}`);
  return { why: `The Node that comes with it does not start here (${said})`, remedy: `${again}, or ${another}` };
}

/** @param {string} program */
function runOn(program) {
  // This file again, on the other Node. By the channel, which carries no messages, the child sees this process end.
  const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const env = { ...process.env, NFOLD_NODE: 'system' };
  const child = spawn(program, words, { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // The child decides what to keep; this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', ({ message }) => refuse(`Its own Node does not start (${message}): ${again}.`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  if (process.argv.includes('--debug')) throw error;
  const [what] = error.message.split(/ imported from |\n/);
  if (error.code?.endsWith('MODULE_NOT_FOUND')) refuse(`A part of it is not installed (${what}): ${again}.`);
  else refuse(`It does not start on Node ${here} (${what}).`);
}

const choice = process.env.NFOLD_NODE || 'pinned';
const asked = { why: 'NFOLD_NODE=system asks for it', remedy: `take that away, or ${another}` };
const { program, why, remedy } = here === version ? {} : choice === 'system' ? asked : pinned();
if (!['pinned', 'system'].includes(choice)) refuse(`NFOLD_NODE is '${choice}': give 'system', or take it away.`);
else if (program) runOn(program);
else if (Number.parseInt(here, 10) >= oldest) await import(start.href).catch(explain);
else refuse(`This is Node ${here}, and nfold needs ${oldest} or later. ${why}: ${remedy}.`);
