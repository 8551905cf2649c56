/** What is written is written whole or not at all, into what is there, and elsewhere where its folder takes nothing. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cached } from '../src/build/cache.ts';
import { system } from '../src/files/owner.ts';
import { packageRoot, workspace } from '../src/files/places.ts';
import { appendLine, tryWrite, Unwritten, writeNew, writeWhole } from '../src/files/write.ts';
import { hasSmall, onSmall } from './support/small.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nfold-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), 'utf8');

describe('a file', () => {
  test('is made or replaced, and its mode stays', () => {
    writeWhole(at('a'), 'one');
    chmodSync(at('a'), 0o640);
    writeWhole(at('a'), Buffer.from('two'));
    expect(text('a')).toBe('two');
    expect(statSync(at('a')).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('may have the longest name that there is', () => {
    const name = 'x'.repeat(255);
    writeWhole(at(name), 'one');
    expect(text(name)).toBe('one');
    expect(() => writeWhole(at(`${name}x`), 'one')).toThrow(/could not be written: its name is too long/);
  });

  test('behind links is replaced where it lies, and made where a link leads to nothing', () => {
    mkdirSync(at('real/deep'), { recursive: true });
    symlinkSync('real/deep', at('short'));
    symlinkSync('../there', at('real/deep/up'));
    symlinkSync('short/up', at('link'));
    for (const content of ['one', 'two']) {
      writeWhole(at('link'), content);
      expect(text('real/there')).toBe(content);
    }
    expect(['link', 'real/deep/up'].every((name) => lstatSync(at(name)).isSymbolicLink())).toBe(true);
    symlinkSync('missing/x', at('lost'));
    expect(() => writeWhole(at('lost'), 'one')).toThrow(/lost could not be written: there is no folder .*\/missing\.$/);
    symlinkSync('circle', at('circle'));
    expect(() => writeWhole(at('circle'), 'one')).toThrow(/its links lead in a circle \(ELOOP\)\.$/);
  });

  test('that is a folder or a socket, or has no folder, is left, in a sentence', async () => {
    mkdirSync(at('b'));
    const server = createServer().listen(at('s'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(() => writeWhole(at('b'), 'one')).toThrow(/b could not be written: it is a folder, not a file\.$/);
    expect(() => writeWhole(at('s'), 'one')).toThrow(/s could not be written: it is a socket, not a file\.$/);
    expect(() => writeWhole(at('no/x'), 'one')).toThrow(/x could not be written: there is no folder .*\/no\.$/);
    expect(() => writeWhole('/dev/null', 'one')).toThrow(/it is a device or a pipe, not a file\.$/);
    server.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('that is new is made with its folders, and never in the place of another', () => {
    expect(writeNew(at('deep/a'), 'one')).toBe(true);
    expect(writeNew(at('deep/a'), 'two')).toBe(false);
    symlinkSync('/nowhere/at/all', at('deep/link'));
    expect(writeNew(at('deep/link'), 'two')).toBe(false);
    expect([text('deep/a'), readdirSync(at('deep'))]).toEqual(['one', ['a', 'link']]);
    expect(tryWrite(at('deep/a/b'), 'x')).toBeInstanceOf(Unwritten);
  });

  test('a line goes on a line of its own', () => {
    writeFileSync(at('log'), '{"whole":1}\n{"hal');
    for (const line of ['{"a":1}', '{"b":2}']) appendLine(at('log'), line);
    expect(text('log')).toBe('{"whole":1}\n{"hal\n{"a":1}\n{"b":2}\n');
  });
});

test('what a process that is no more left half-written goes with the next file, what others write now stays', () => {
  const { pid: dead } = spawnSync('true');
  const names = [`${system()}-${dead}`, `${system()}-${process.ppid}`, '00000000-1', '00000000-2'];
  const halves = names.map((name) => `.nfold-half-${name}-aaaaaaaa`);
  for (const name of [...halves, '.nfold-half-mine']) writeFileSync(at(name), '{');
  const hours = new Date(Date.now() - 2 * 3_600_000);
  for (const name of [halves[3], '.nfold-half-mine']) utimesSync(at(name), hours, hours);
  writeWhole(at('a'), 'one');
  expect(readdirSync(folder).sort()).toEqual([halves[1], halves[2], '.nfold-half-mine', 'a'].sort());
});

describe('the cache', () => {
  const name = `test-${process.pid}.json`;
  const file = join(workspace().cache, name);
  const ask = async () => {
    let made = 0;
    const bytes = await cached(name, async () => Buffer.from(`answer ${++made}`));
    return [Buffer.from(bytes).toString(), made];
  };
  beforeEach(() => rmSync(file, { recursive: true, force: true }));
  afterEach(() => rmSync(file, { recursive: true, force: true }));

  test('answers with what was made, once', async () => {
    expect([await ask(), await ask()]).toEqual([
      ['answer 1', 1],
      ['answer 1', 0],
    ]);
  });

  test.each<[string, (bytes: Buffer) => Uint8Array | null]>([
    ['cut', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['shorter than a checksum', (bytes) => bytes.subarray(0, 20)],
    ['altered', (bytes) => bytes.fill(7, bytes.length - 2)],
    ['of zeros', (bytes) => bytes.fill(0)],
    ['without a checksum', () => Buffer.from('answer 1')],
    ['a folder', () => null],
  ])('makes anew what is %s', async (_, change) => {
    await ask();
    const changed = change(readFileSync(file));
    rmSync(file);
    if (changed) writeFileSync(file, changed);
    else mkdirSync(file);
    expect(await ask()).toEqual(['answer 1', 1]);
    if (changed) expect(await ask()).toEqual(['answer 1', 0]);
  });

  test('does not take one entry for another', async () => {
    await cached(`other-${name}`, async () => Buffer.from('other'));
    const other = join(workspace().cache, `other-${name}`);
    writeFileSync(file, readFileSync(other));
    rmSync(other);
    expect(await ask()).toEqual(['answer 1', 1]);
  });
});

describe('a disk', () => {
  const node = (code: string) =>
    `"$NODE" --input-type=module -e "const { writeWhole, writeNew, appendLine } = await import('$SRC/files/write.ts'); const say = (work) => { try { work() } catch (error) { console.log(error.message) } }; ${code}"`;

  test.skipIf(!hasSmall)('that is full keeps the old file, and says so (needs user namespaces)', async () => {
    const { code, stdout } = await onSmall(`
      head -c 1400000 /dev/zero > old; printf '{"a":1}\\n' > log; cp old "$OUT"
      ${node(`say(() => writeWhole('old', 'x'.repeat(1500000))); say(() => writeNew('new', 'x'.repeat(1500000)));
        say(() => appendLine('log', 'x'.repeat(1500000)));`)}
      cmp old "$OUT/old" && cat log && ls -A`);
    expect(code).toBe(0);
    const full = (name: string) => `${name} could not be written: the disk is full (ENOSPC).`;
    expect(stdout.trim().split('\n')).toEqual([full('old'), full('new'), full('log'), '{"a":1}', 'log', 'old']);
  });

  test.skipIf(!hasSmall)(
    'that is read-only, or takes no large files, keeps it too (needs user namespaces)',
    async () => {
      const { stdout } = await onSmall(`
      echo one > old; mount -o remount,ro "$SMALL"; ${node("say(() => writeWhole('old', 'two'))")}
      mount -o remount,rw "$SMALL"; ulimit -f 8; ${node("say(() => writeWhole('old', 'x'.repeat(1e6)))")}; cat old; ls -A`);
      expect(stdout.trim().split('\n')).toEqual([
        'old could not be written: the file system is read-only (EROFS).',
        'old could not be written: files may not be that large here (EFBIG).',
        ...['one', 'old'],
      ]);
    },
  );
});

test('nothing is written but by src/files', () => {
  const writes = /\b(writeFileSync|appendFile\w*|createWriteStream|renameSync|linkSync|copyFile\w*)\b/;
  const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.[jt]s$/.test(name),
  );
  const found = sources.filter((name) => writes.test(readFileSync(join(packageRoot, 'src', name), 'utf8')));
  // The kernel's own word for which process goes first is no file.
  expect(found.sort()).toEqual(['cell/lockdown.ts', 'files/write.ts']);
});
