/** nfold as a library: each call in its own workspace, stopped by its own signal, with the values that `--json` prints. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bench, compare, list, loadRecord, NfoldError, type Progress, verify, workspaceAt } from 'nfold';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nfold } from './support/command.ts';
import { geluSource } from './support/gelu.ts';

/** As a user writes it, with types. */
const typed = (factor: string) =>
  geluSource(
    factor,
    "import type { Candidate } from 'nfold/contract';\nimport type op from 'nfold/ops/gelu_forward';",
  ).replace(/;\n$/, ' satisfies Candidate<typeof op>;\n');

function folderWith(candidates: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'nfold-library-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'kernels/gelu_forward'), { recursive: true });
  for (const [name, text] of Object.entries(candidates)) writeFileSync(join(root, 'kernels/gelu_forward', name), text);
  return workspaceAt(root);
}

const [right, wrong] = ['0.5', '0.6'].map(typed);
const small = { case: 'N17', effort: 'quick', seed: 7 } as const;

describe('verify', () => {
  it('returns what --json prints, in the workspace that it is given', async () => {
    const workspace = folderWith({ 'own-ts.ts': right, 'off-ts.ts': wrong });
    const selectors = ['gelu_forward/own-ts', 'gelu_forward/off-ts'];
    const found = await verify(selectors, { workspace, ...small });
    expect(found.results.map(({ candidate, verdict }) => [candidate, verdict])).toEqual([
      ['gelu_forward/own-ts', 'pass'],
      ['gelu_forward/off-ts', 'fail'],
    ]);
    const printed = await nfold(['verify', ...selectors, '--case', 'N17', '--quick', '--seed', '7', '--json'], {
      cwd: workspace.root,
    });
    expect(JSON.parse(JSON.stringify(found))).toEqual(JSON.parse(printed.stdout));
  });

  it('throws a sentence for what the command refuses', async () => {
    const workspace = folderWith({});
    await expect(verify(['gelu_forwrd/x'], { workspace })).rejects.toThrow(NfoldError);
    await expect(verify(['gelu_forwrd/x'], { workspace })).rejects.toThrow(/Nothing is called/);
  });

  it('throws a sentence for a setting that types would refuse', async () => {
    const workspace = folderWith({});
    const wrong = (settings: object) => verify(['sgemm/ikj-ts'], { workspace, ...settings });
    await expect(wrong({ effort: 'fast' })).rejects.toThrow(/^settings\.effort is wrong: /);
    await expect(wrong({ threads: 0 })).rejects.toThrow(/^settings\.threads is wrong: /);
    await expect(verify('sgemm' as unknown as string[], { workspace })).rejects.toThrow(/^selectors is wrong: /);
    await expect(bench(['sgemm/ikj-ts'], { workspace, save: 'last' })).rejects.toThrow(/cannot be called 'last'/);
  });

  it('rejects with the reason of an aborted signal, before and during the work', async () => {
    const workspace = folderWith({ 'own-ts.ts': right });
    const reason = new Error('enough');
    await expect(verify(['gelu_forward/own-ts'], { workspace, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const stop = new AbortController();
    const onProgress = ({ stage }: Progress) => stage.startsWith('verifying') && stop.abort(reason);
    await expect(verify(['gelu_forward/own-ts'], { workspace, signal: stop.signal, onProgress })).rejects.toBe(reason);
  });

  it('lets another call in the same process go on when one is aborted', async () => {
    const [one, other] = [folderWith({ 'own-ts.ts': right }), folderWith({ 'own-ts.ts': right })];
    const stop = new AbortController();
    const onProgress = ({ detail }: Progress) => detail?.startsWith('check 3') && stop.abort();
    const [aborted, whole] = await Promise.allSettled([
      verify(['gelu_forward/own-ts'], { workspace: one, signal: stop.signal, onProgress, effort: 'quick' }),
      verify(['gelu_forward/own-ts'], { workspace: other, effort: 'quick' }),
    ]);
    expect(aborted.status).toBe('rejected');
    expect(whole).toMatchObject({ status: 'fulfilled', value: { results: [{ verdict: 'pass' }] } });
  });
});

describe('bench and compare', () => {
  it('returns the record that it saves, and compares it with another', async () => {
    const workspace = folderWith({ 'own-ts.ts': right });
    const stages = new Set<string>();
    const settings = { workspace, effort: 'quick', case: 'N32768', seed: 7 } as const;
    const onProgress = ({ stage }: Progress) => stages.add(stage);
    const first = await bench(['gelu_forward/own-ts'], { ...settings, save: 'first', onProgress });
    expect(first.results[0]).toMatchObject({ candidate: 'gelu_forward/own-ts', verdict: 'pass' });
    expect(first.results[0].speedup?.value).toBeGreaterThan(0);
    expect([...stages]).toContain('building');
    expect(loadRecord('first', { workspace })).toEqual(first);
    expect(readdirSync(workspace.records)).toHaveLength(1);
    const second = { ...first, id: 'another' };
    const { records, cases } = compare([first, second]);
    expect(records.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(cases[0]).toMatchObject({ candidate: 'gelu_forward/own-ts', case: 'N32768' });
    expect(() => compare([first])).toThrow(/give two/);
  });
});

describe('the catalog', () => {
  it('has the ops and candidates of the folder beside those of nfold', async () => {
    const workspace = folderWith({ 'own-ts.ts': right });
    const { ops, candidates } = await list([], { workspace });
    expect(ops.map(({ op }) => op)).toContain('sgemm');
    expect(candidates).toContainEqual(expect.objectContaining({ candidate: 'gelu_forward/own-ts', error: null }));
  });
});
