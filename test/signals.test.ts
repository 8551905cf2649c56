/** What asks nfold to end, where it is sent to another than nfold itself: its wrapper, npm, a shell. More in slow/signals.test.ts. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { packageRoot } from '../src/files/places.ts';
import { benchIn, endOf, measuringFolder, plainEnv } from './support/measuring.ts';
import { olderNode, until } from './support/processes.ts';

// Whole runs of nfold, on a machine that may be busy.
vi.setConfig({ testTimeout: 600_000 });

const { folder, measuring } = measuringFolder();
const linux = process.platform === 'linux';

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

test.skipIf(!linux || !olderNode)('the death of the wrapper, which is there where PATH has an older Node', async () => {
  const { child, kept } = await measuring(benchIn(olderNode as string));
  child.kill('SIGKILL');
  await kept();
});

test.skipIf(!linux)('SIGINT to npm, which hands it to a shell alone (only Linux shows that shell)', async () => {
  const start = benchIn(process.execPath).join(' ');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts: { start } }));
  const { child, kept } = await measuring(['npm', 'start']);
  child.kill('SIGINT');
  await endOf(child);
  await kept();
});
