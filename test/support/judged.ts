/** Writes candidates with mistakes and verifies them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CandidateFile, identify } from '../../src/catalog/candidates.ts';
import { opNames } from '../../src/catalog/ops.ts';
import type { Place } from '../../src/contract/errors.ts';
import type { Case } from '../../src/contract/op.ts';
import { inWorkspace, workspaceAt } from '../../src/files/places.ts';
import type { Verdict } from '../../src/judge/verdict.ts';
import { prepare } from '../../src/run/prepare.ts';
import { verifyCandidates } from '../../src/run/suite.ts';
import { efforts } from '../../src/stopwatch/effort.ts';
import { type Mistake, op } from './mistake.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly wanted: Verdict;
}

/** Writes all of them into kernels/ of the folder and verifies them on one element, side by side. */
export async function judged(folder: string, all: readonly Mistake[]): Promise<Judged[]> {
  const files = all.map(({ kind, source, beside = {} }, i) => {
    const file = `kernels/${op}/mistake${i}.${kind}`;
    const places = Object.entries({ [file]: source }).map(([name, text]) => write(folder, name, text));
    places.push(...Object.entries(beside).map(([name, text]) => write(folder, `kernels/${name}`, text)));
    return { file, id: `${op}/mistake${i}`, place: places.find((place) => place !== null) ?? null };
  });
  const candidates = files.map(({ file }) => identify(join(folder, file), opNames()) as CandidateFile);
  const verdicts = await verdictsOf(folder, op, candidates, [{ dims: { N: 1 }, scalars: {} }]);
  return all.map(({ says, hint = null, inCall }, i) => {
    const { file, id, place } = files[i];
    const message = inCall ? `${id} at N1: ${says}` : `${file} ${says}`;
    return { verdict: verdicts[i], wanted: { status: 'error', message, place, hint } };
  });
}

export async function verdictsOf(
  folder: string,
  name: string,
  candidates: readonly CandidateFile[],
  cases: readonly Case[],
): Promise<Verdict[]> {
  return inWorkspace(workspaceAt(folder), async () => {
    const parts = await Promise.all(candidates.map((one) => prepare({ op: name, candidates: [one], problems: [] })));
    const prepared = { ...parts[0], candidates: parts.flatMap((part) => part.candidates) };
    const options = { effort: efforts.quick, seed: 1, threads: 2, text: new Uint8Array(), onProgress() {} };
    const outcomes = await verifyCandidates(prepared, options, { cases, timedShapes: false });
    return outcomes.map(({ verdict }) => verdict);
  });
}

/** Writes a source without its mark, and returns the place of that. */
export function write(folder: string, file: string, source: string): Place | null {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source.replace('§', ''));
  const [before, after] = source.replace('\ufeff', '').split('§');
  const lines = before.split('\n');
  return after === undefined ? null : { file, line: lines.length, column: (lines.at(-1) as string).length + 1 };
}
