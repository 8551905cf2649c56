/** Many that ask nfold to end at once. To a whole run, its wrapper, npm or a shell: slow/signals.test.ts. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { endOf, plainEnv } from './support/measuring.ts';
import { until } from './support/processes.ts';

test('Ctrl-C from the terminal, the wrapper and npm counts once, and one more a second later ends the process', async () => {
  const code = `
    import { heedSignals } from ${JSON.stringify(join(packageRoot, 'src/process/signals.ts'))};
    import { Io } from ${JSON.stringify(join(packageRoot, 'src/report/output.ts'))};
    const io = new Io(process);
    heedSignals(io);
    setInterval(() => {}, 1000);
    io.keepOnStop('stopping').addEventListener('abort', () => {
      console.log('kept');
      setTimeout(() => console.log('later'), 1000);
    });
    console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { env: plainEnv });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await until(() => said.includes('ready'));
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) child.kill(signal);
  await until(() => said.includes('later'));
  expect(said.match(/kept/g)).toHaveLength(1);
  expect(child.exitCode).toBe(null);
  child.kill('SIGINT');
  expect(await endOf(child)).toBe(130);
});
