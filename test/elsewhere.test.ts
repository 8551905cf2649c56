/** Output goes into devices and pipes, and what was measured or trained goes elsewhere where its folder takes nothing. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { events } from '../src/build/tuned.ts';
import { elsewhere } from '../src/files/elsewhere.ts';
import { writeTo } from '../src/files/into.ts';
import { packageRoot } from '../src/files/places.ts';
import { Unwritten, writeWhole } from '../src/files/write.ts';
import { Checkpoints, checkWritable } from '../src/train/checkpoint.ts';
import { evidenceIn } from '../src/tune/log.ts';
import { nfold, start } from './support/command.ts';
import { hasSmall, onSmall } from './support/small.ts';
import { trial } from './support/trial.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-elsewhere-'));
  vi.stubEnv('TMPDIR', join(folder, 'tmp'));
  mkdirSync(at('tmp'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const record = join(packageRoot, 'test/fixtures/records/version-1.json');
const fifo = (name: string) => {
  spawnSync('mkfifo', [at(name)]);
  return at(name);
};

describe.skipIf(process.platform !== 'linux')('output (devices and pipes of Linux)', () => {
  test('goes into a pipe, however long it is, and the pipe stays', async () => {
    const pipe = fifo('pipe');
    const reader = spawn('sh', ['-c', `wc -c < '${pipe}'`]);
    const [count] = await Promise.all([once(reader.stdout, 'data'), writeTo(pipe, 'x'.repeat(1_000_000))]);
    expect(Number(count)).toBe(1_000_000);
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test('goes into a device, and one that is full is told', async () => {
    await writeTo('/dev/null', 'text');
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    symlinkSync('/dev/null', at('link'));
    await writeTo(at('link'), 'text');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    await expect(writeTo('/dev/full', 'text')).rejects.toThrow(
      '/dev/full could not be written: the disk is full (ENOSPC).',
    );
  });

  test('a reader that has seen enough is no failure', async () => {
    const pipe = fifo('pipe');
    spawn('sh', ['-c', `head -c 10 < '${pipe}' > /dev/null`]);
    await writeTo(pipe, 'x'.repeat(1_000_000));
  });

  test('that waits for a reader is told, results are shown before, and a signal is heard', async () => {
    const pipe = fifo('pipe');
    const { child, outcome, said } = start(['show', record, '--reporter', `csv=${pipe}`], { cwd: folder });
    await said('waiting for a reader of pipe');
    child.kill('SIGTERM');
    expect(await outcome).toMatchObject({ code: 130, stdout: expect.stringContaining('Record: 2026') });
  });

  test('goes to what is open already: stdout alone, stderr, and what a shell opened', async () => {
    const { stdout: csv } = await nfold(['show', record, '--reporter', 'csv'], { cwd: folder });
    const shown = async (file: string, ending: string) => {
      const run = spawn(
        'sh',
        [
          '-c',
          `exec '${process.execPath}' '${packageRoot}/src/nfold.js' show '${record}' --reporter csv=${file} ${ending}`,
        ],
        { cwd: folder },
      );
      let out = '';
      run.stdout.on('data', (chunk) => {
        out += chunk;
      });
      await once(run, 'close');
      return out;
    };
    expect(await shown('/dev/stdout', '')).toBe(csv);
    await shown('/dev/stderr', '2>>err.txt');
    await shown('/dev/fd/7', '7>seven.txt');
    expect([at('err.txt'), at('seven.txt')].map((file) => readFileSync(file, 'utf8'))).toEqual([csv, csv]);
    const both = await nfold(['show', record, '--reporter', 'csv=/dev/stdout', '--json'], { cwd: folder });
    expect(both).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('"usage"'),
      stderr: expect.stringContaining('cannot both have stdout'),
    });
  });

  test('one file that cannot be written hides none of the others', async () => {
    const reporters = ['csv=/dev/full', `markdown=${at('table.md')}`].flatMap((one) => ['--reporter', one]);
    const { code, stdout, stderr } = await nfold(['show', record, ...reporters], { cwd: folder });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: '! /dev/full could not be written: the disk is full (ENOSPC).\n',
    });
    expect(stdout).toContain('Record: 2026');
    expect(readFileSync(at('table.md'), 'utf8')).toContain('| candidate');
  });
});

describe('before a run', () => {
  test('--save needs a file that can be read again, --plot also takes a device, but not stdout', () => {
    symlinkSync(at('tmp/m.ckpt'), at('dangling'));
    for (const name of ['dangling', 'new.ckpt']) expect(() => checkWritable(at(name), '--save')).not.toThrow();
    expect(() => checkWritable('/dev/null', '--save')).toThrow(/^--save \/dev\/null cannot be written: it is a device/);
    expect(() => checkWritable(fifo('pipe'), '--save')).toThrow(/pipe cannot be written: it is a device or a pipe/);
    expect(() => checkWritable('/dev/null', '--plot')).not.toThrow();
    expect(() => checkWritable('/dev/stdout', '--plot')).toThrow(/stdout is for the report of the run/);
    expect(() => checkWritable(at('no/x'), '--plot')).toThrow(
      /^--plot .*x cannot be written: there is no folder .*no\.$/,
    );
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'pipe', 'tmp']);
  });
});

describe('elsewhere', () => {
  const refused = (file: string) => new Unwritten(file, Object.assign(new Error(), { code: 'ENOSPC' }));
  const put = (folder: string) => {
    writeWhole(join(folder, 'x'), 'kept');
    return join(folder, 'x');
  };

  test('is a folder that is ours alone', () => {
    expect(elsewhere('records', put)).toBe(at('tmp/nfold-kept/records/x'));
    expect(lstatSync(at('tmp/nfold-kept')).mode & 0o777).toBe(0o700);
  });

  test.each<[string, () => void]>([
    ['a link', () => symlinkSync(folder, at('tmp/nfold-kept'))],
    ['a link to nothing', () => symlinkSync(at('nothing'), at('tmp/nfold-kept'))],
    ['a file', () => writeFileSync(at('tmp/nfold-kept'), '')],
    ['open to others', () => chmodSync(mkdirSync(at('tmp/nfold-kept/x'), { recursive: true }) as string, 0o777)],
  ])('is another folder where the usual one is %s', (_, lay) => {
    lay();
    expect(elsewhere('records', put)).toMatch(/\/tmp\/nfold-kept-\w{6}\/records\/x$/);
    expect(existsSync(at('records'))).toBe(false);
  });

  test('is the next place that takes it, or none; what is wrong with us is thrown', () => {
    vi.stubEnv('TMPDIR', at('missing'));
    vi.stubEnv('HOME', at('tmp'));
    const tried: string[] = [];
    const none = elsewhere('plots', (place) => {
      tried.push(place);
      throw refused(place);
    });
    expect(none).toBeNull();
    expect(tried.at(-1)).toBe(at('tmp/nfold-kept/plots'));
    for (const place of tried) if (!place.startsWith(folder)) rmSync(place, { recursive: true });
    vi.stubEnv('TMPDIR', at('tmp'));
    const ours = () => {
      throw new TypeError('ours');
    };
    expect(() => elsewhere('plots', ours)).toThrow('ours');
  });

  test('checkpoints go there as long as their place takes none, and that is told once', () => {
    const said: string[] = [];
    const kept = new Checkpoints(at('m.ckpt'), (line) => said.push(line));
    const save = (step: number, takes: (file: string) => boolean) =>
      kept.save(step, (file) => {
        if (!takes(file)) throw refused(file);
        writeWhole(file, `state ${step}`);
      });
    const others = (file: string) => file !== at('m.ckpt');
    save(1, () => true);
    for (const step of [2, 3]) save(step, others);
    const { file } = kept.last as { file: string };
    expect(kept).toMatchObject({ displaced: true, last: { step: 3 } });
    expect([at('m.ckpt'), file].map((name) => readFileSync(name, 'utf8'))).toEqual(['state 1', 'state 3']);
    expect(dirname(file)).toBe(at('tmp/nfold-kept/checkpoints'));
    expect(said).toEqual([
      `nfold: ${at('m.ckpt')} could not be written: the disk is full (ENOSPC); the checkpoint is in ${file} instead.`,
    ]);
    save(4, () => false);
    expect(kept).toMatchObject({ displaced: true, last: { file, step: 3 } });
    expect(said[1]).toMatch(/the disk is full \(ENOSPC\); no other folder takes it either\.$/);
    save(5, () => true);
    expect(kept).toMatchObject({ displaced: false, last: { file: at('m.ckpt'), step: 5 } });
    expect(said.slice(2)).toEqual([`${at('m.ckpt')} could be written again, at step 5.`]);
  });

  test('what tune finds goes there event by event, and is told in one sentence', () => {
    writeFileSync(at('tuned'), 'a file, in the place of the folder');
    const evidence = evidenceIn(at('tuned/here/sgemm-x.jsonl'));
    expect(evidence.trouble()).toBeNull();
    for (const rung of [0, 1]) evidence.add({ ...trial, rung });
    const other = at('tmp/nfold-kept/tuned/here/sgemm-x.jsonl');
    expect(events(other, 'abc')).toHaveLength(2);
    expect(evidence.trouble()).toMatch(
      /^\S+ could not be written: a file is in the way .*; what was found is in \S+ instead, where/,
    );
    mkdirSync(at('a-folder'));
    expect(events(at('a-folder'), 'abc')).toEqual([]);
  });
});

test.skipIf(!hasSmall)('what no folder takes is on stdout all the same (needs user namespaces)', async () => {
  const { code, stdout } = await onSmall(
    `mount -t tmpfs -o ro tmpfs /dev/shm && head -c 3000000 /dev/zero > fill
     "$NODE" --input-type=module -e "
       const { elsewhere } = await import('$SRC/files/elsewhere.ts'); const { writeWhole } = await import('$SRC/files/write.ts');
       console.log(elsewhere('plots', (folder) => writeWhole(folder + '/x', 'kept')));"`,
    { TMPDIR: '/no/such', HOME: '/no/such' },
  );
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'null\n' });
});
