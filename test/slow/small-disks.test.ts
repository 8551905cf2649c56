/** Disks that are full, folders that are read-only, files that may not be large: what was there stays, and what was measured is kept. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { events } from '../../src/build/tuned.ts';
import { loadRecord } from '../../src/records/store.ts';
import { knowCeilings } from '../support/prepared.ts';
import { asNobody, hasLimits, hasNobody, hasSmall, onSmall } from '../support/small.ts';

const measured = mkdtempSync(join(tmpdir(), 'nfold-ceilings-'));
const peaks = { PEAKS: join(measured, '.nfold/peaks') };
knowCeilings(measured);
afterAll(() => rmSync(measured, { recursive: true, force: true }));

type Ran = Awaited<ReturnType<typeof onSmall>>;
let ran: Ran;

/** Whatever happens is told in whole sentences. */
afterEach(() => {
  expect(ran.stderr).not.toMatch(/\(unexpected: |\n\s+at |ERR_|\b(write|mkdir|open) '/);
});

const options = '--quick --no-peers --case N8192';
const bench = `bench residual_forward/unroll4-wasmsimd ${options}`;
const kernel =
  "export default { about: 'one by one', setup: ({ N }) => ({ out, inp1, inp2 }) => { for (let i = 0; i < N; i++) out[i] = inp1[i] + inp2[i]; } };";
const model = 'train train_gpt2/baseline --case B4T32L2C64NH4V256 --sample 0';
const fill = 'head -c 5000000 /dev/zero > fill 2> "$OUT/head"';
const readOnly = 'mount -o remount,ro "$SMALL"';

function expectDisplaced({ stdout, stderr, out }: Ran, why: string) {
  const [, file] = /could not be written: .*; the record is in (\S+\.json) instead\.\n/.exec(stderr) ?? [];
  expect(stderr).toContain(why);
  expect(file).toMatch(`${out}/nfold-kept/records/`);
  expect(loadRecord(file)).toMatchObject({ interrupted: false, results: [{ verdict: 'pass' }] });
  expect(stdout).toContain('residual_forward/unroll4-wasmsimd');
  expect(stdout).toContain(`Record: ${file}`);
  expect(stdout).toContain(`nfold.js show ${file}`);
  expect(stdout).toMatch(/exit 1\n/);
}

describe.skipIf(!hasSmall)('a small file system (needs user namespaces)', () => {
  test('bench on a full disk', async () => {
    ran = await onSmall(
      `mkdir -p .nfold/records; echo old > out.csv; ${fill}; $NFOLD ${bench} --reporter csv=out.csv; echo "exit $?"; cat out.csv; ls -A . .nfold/records`,
      peaks,
    );
    expectDisplaced(ran, 'the disk is full (ENOSPC)');
    expect(ran.stderr).toContain('! out.csv could not be written: the disk is full (ENOSPC).\n');
    expect(ran.stdout).toMatch(/exit 1\nold\n/);
    expect(ran.stdout).not.toContain('half');
  });

  test('bench on a read-only one', async () => {
    ran = await onSmall(`${readOnly}; $NFOLD ${bench}; echo "exit $?"`, peaks);
    expectDisplaced(ran, 'the file system is read-only (EROFS)');
  });

  test('training on a full disk goes on, keeps the old checkpoint, and the new one elsewhere', async () => {
    ran = await onSmall(
      `
      $NFOLD ${model} --steps 4 --eval-every 4 --seed 1 --save m.ckpt > "$OUT/first"; cp m.ckpt "$OUT/old.ckpt"; echo old > curve.svg; ${fill}
      $NFOLD train --resume m.ckpt --steps 8 --eval-every 2 --sample 0 --save m.ckpt --plot curve.svg; echo "exit $?"
      cmp m.ckpt "$OUT/old.ckpt" && cat curve.svg && ls; rm fill
      $NFOLD train --resume "$OUT"/nfold-kept/checkpoints/*.ckpt --steps 9 --sample 0 --save m.ckpt --json > "$OUT/last"; echo "exit $?"`,
      { SIZE: '4m' },
    );
    const { stdout, stderr, out } = ran;
    const told = stderr.match(
      /m\.ckpt could not be written: the disk is full \(ENOSPC\); the checkpoint is in \S+ instead\./g,
    );
    expect(told).toHaveLength(1);
    const [, file] = /Go on with: node \S+nfold\.js train --resume (\S+) --save m\.ckpt --steps 16/.exec(stdout) ?? [];
    expect(file).toMatch(`${out}/nfold-kept/checkpoints/`);
    const [, plot] =
      /curve\.svg could not be written: the disk is full \(ENOSPC\); the plot is in (\S+\.svg) instead\./.exec(
        stderr,
      ) ?? [];
    expect(readFileSync(plot, 'utf8')).toMatch(/<\/svg>\s*$/);
    expect(stdout).toMatch(/exit 1\nold\ncurve\.svg\nfill\nm\.ckpt\nexit 0\n$/);
    const { losses, resumedAt, displaced } = JSON.parse(readFileSync(`${out}/last`, 'utf8'));
    expect({ steps: losses.length, resumedAt, displaced }).toEqual({ steps: 9, resumedAt: 8, displaced: false });
  });

  test('Ctrl-C of a training in a read-only folder keeps the state elsewhere', async () => {
    ran = await onSmall(`
      ${readOnly}; $NFOLD ${model} --minutes 9 --eval-every 2 2> "$OUT/said" & until grep -q 'step      2' "$OUT/said"; do sleep 0.1; done
      kill -INT $!; wait $!; echo "exit $?"; cat "$OUT/said" >&2
      $NFOLD train --resume "$OUT"/nfold-kept/checkpoints/*.ckpt --steps 100000 --minutes 0.001 --sample 0 --json > "$OUT/last"; echo "exit $?"`);
    const { stdout, stderr, out } = ran;
    expect(stderr).toMatch(
      /\.ckpt could not be written: the file system is read-only \(EROFS\); the checkpoint is in \S+ instead\./,
    );
    expect(stdout).toMatch(
      /Go on with: node \S+nfold\.js train --resume \S+nfold-kept\/checkpoints[\s\S]*exit 1\nexit 0\n$/,
    );
    expect(JSON.parse(readFileSync(`${out}/last`, 'utf8')).resumedAt).toBeGreaterThan(1);
  });

  test('--save into a read-only folder is refused before the run', async () => {
    ran = await onSmall(`${readOnly}; $NFOLD ${model} --save m.ckpt; echo "exit $?"`);
    expect(ran.stdout).toBe('exit 2\n');
    expect(ran.stderr).toBe('nfold: --save m.ckpt cannot be written: the file system is read-only (EROFS).\n');
  });

  test('tune on a full disk', async () => {
    ran = await onSmall(
      `${fill}; $NFOLD tune sgemm/shaped-6x16-wasmrelaxedsimd --minutes 0.05 --case M64N64K64 --threads 1; echo "exit $?"`,
    );
    const [, file] = /the disk is full \(ENOSPC\); what was found is in (\S+\.jsonl) instead/.exec(ran.stderr) ?? [];
    const hash = JSON.parse(readFileSync(file, 'utf8').split('\n')[0]).hash;
    expect(events(file, hash).at(-1)).toMatchObject({ type: 'winner', case: 'M64N64K64' });
    expect(ran.stdout).toMatch(/M64N64K64[\s\S]*exit 1\n/);
  });

  test('peak in a read-only folder', async () => {
    ran = await onSmall(`${readOnly}; $NFOLD peak; echo "exit $?"`);
    expect(ran.stderr).toMatch(
      /! \.nfold\/peaks\/\w+\.json could not be written: the file system is read-only \(EROFS\)\.\n$/,
    );
    expect(ran.stdout).toMatch(/Gflop\/s[\s\S]*exit 1\n/);
  });
});

test.skipIf(!hasNobody)('bench in a folder that one may not write to (needs user namespaces)', async () => {
  ran = await asNobody(`$NFOLD ${bench}; echo "exit $?"`, peaks);
  expectDisplaced(ran, 'it or its folder may not be written to (EACCES)');
});

test.skipIf(!hasSmall || !hasLimits)('a record that is too large everywhere is on stdout (needs prlimit)', async () => {
  // The record holds its source, which is long.
  ran = await onSmall(
    `mkdir -p kernels/residual_forward; { echo "$KERNEL"; head -c 125000 /dev/zero | tr '\\0' /; } > kernels/residual_forward/long-ts.ts
    { prlimit --fsize=131072 $NFOLD bench residual_forward/long-ts ${options} --json; echo "exit $?" >&2; } | cat > "$OUT/json"`,
    { KERNEL: kernel, ...peaks },
  );
  expect(ran.stderr).toContain('files may not be that large here (EFBIG); no other folder takes the record either.');
  expect(ran.stderr).toMatch(/exit 1\n$/);
  expect(loadRecord(`${ran.out}/json`)).toMatchObject({ results: [{ verdict: 'pass' }] });
});
