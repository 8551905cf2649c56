#!/usr/bin/env node
/**
 * The command, in plain JavaScript, so that any Node can read it: hands over to cli.ts, in the Node that is pinned in
 * node_modules where the one that started us is too old for it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = 24;

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(`nfold: A package is not installed (${error.message.split(' imported')[0]}): run 'npm ci'.\n`);
  process.exitCode = 2;
}

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= needed) await import('./cli.ts').catch(explain);
else if (existsSync(pinned)) {
  const child = spawn(pinned, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child as well, which decides what to keep; we only wait for it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
} else {
  process.stderr.write(
    `nfold: This is Node ${process.versions.node}, and nfold needs ${needed} or later: run 'npm ci', which brings one.\n`,
  );
  process.exitCode = 2;
}
