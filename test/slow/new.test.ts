import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kinds } from '../../src/catalog/candidates.ts';
import { loadOp, opNames } from '../../src/catalog/ops.ts';
import { languages } from '../../src/new/languages.ts';
import { nfold } from '../support/command.ts';

const cwd = mkdtempSync(join(tmpdir(), 'nfold-new-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const known = Object.entries(languages).filter(([, kind]) => (kinds as readonly string[]).includes(kind));

/** The shapes that are verified only: what is timed is large. A training step takes long in f64. */
async function small(name: string): Promise<string[]> {
  if (name === 'rms_norm') return [];
  const op = await loadOp(name);
  const cases = name === 'train_gpt2' ? ['B1T*', 'B3T5*'] : op.edges.map((one) => op.caseName(one));
  return cases.flatMap((one) => ['--case', one]);
}

test.each([...opNames(), 'rms_norm'])('a new candidate of %s passes at once, in each language', async (op) => {
  if (op === 'rms_norm') await nfold(['new', 'op', op], { cwd });
  for (const [language] of known)
    expect(await nfold(['new', `${op}/new-${language}`, '--lang', language], { cwd })).toMatchObject({ code: 0 });
  const { code, stdout } = await nfold(['verify', `${op}/new-*`, '--quick', ...(await small(op))], { cwd });
  expect(code, stdout).toBe(0);
  expect(stdout.match(/\/new-[\w-]+ +pass/g)).toHaveLength(known.length);
});
