#!/usr/bin/env node
/** The command, in plain JavaScript that any Node can read: runs start.ts and, if this Node is too old, in the one of node_modules. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const needed = 24;

/** @param {string} sentence */
function refuse(sentence) {
  process.stderr.write(`nfold: ${sentence}\n`);
  const unknown = { file: null, line: null, column: null, hint: null };
  if (process.argv.includes('--json'))
    process.stdout.write(
      `${JSON.stringify({ error: { code: 'no-package', message: sentence, ...unknown } }, null, 2)}\n`,
    );
  process.exitCode = 2;
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  refuse(`A package is not installed (${error.message.split(' imported')[0]}): run 'npm ci'.`);
}

const start = fileURLToPath(new URL('./start.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= needed) await import('./start.ts').catch(explain);
else if (existsSync(pinned)) {
  // By the channel, which carries no messages, the child sees this process end.
  const child = spawn(pinned, [start, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // The child decides what to keep; this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', ({ message }) => refuse(`Its own Node cannot be started (${message}): run 'npm ci'.`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
} else
  refuse(`This is Node ${process.versions.node}, and nfold needs ${needed} or later: run 'npm ci', which brings one.`);
