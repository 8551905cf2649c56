/**
 * The pack has kernels that cheat, each of which must fail for the reason that its head comment states, and odd ones that must pass.
 * They are candidates that may import the code that they bend, unless importing is the cheat.
 *
 *   @hack    what it does                     @family  the kind of cheat
 *   @seen    where in the wild                @reason  what the verdict must contain: a finding, or `finding: where`; `a | b` is either
 *   @ends    `never`, if a time limit has to end it
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Built, build, buildWithin } from '../build/build.ts';
import { type CandidateFile, identify } from '../catalog/candidates.ts';
import { opNames } from '../catalog/ops.ts';
import { CandidateError } from '../contract/errors.ts';
import { homeRoot, packageRoot } from '../files/places.ts';
import { erred, type Verdict, verdictText } from '../judge/verdict.ts';

export const families = [
  'clock',
  'forgery',
  'answers',
  'numerics',
  'theft',
  'sabotage',
  'resources',
  'training',
  'verifier',
] as const;
export type Family = (typeof families)[number];

export interface Cheat extends CandidateFile {
  readonly hack: string;
  readonly family: Family;
  readonly seen: string;
  readonly reason: string;
  readonly endless: boolean;
}

const packFolder = join(packageRoot, 'test');

export function cheats(): readonly Cheat[] {
  return filesOf('adversaries').map((candidate) => {
    const tags = tagsOf(readFileSync(candidate.file, 'utf8'));
    const [hack, family, seen, reason] = ['hack', 'family', 'seen', 'reason'].map((name) => tags.get(name));
    const known = families.find((one) => one === family);
    if (hack && known && seen && reason)
      return { ...candidate, hack, family: known, seen, reason, endless: tags.get('ends') === 'never' };
    throw new Error(`${candidate.file} should state @hack, @family (one of ${families.join(', ')}), @seen and @reason`);
  });
}

export const honest = (): readonly CandidateFile[] => filesOf('odd-but-honest');

function filesOf(folder: string): CandidateFile[] {
  const ops = opNames();
  return readdirSync(join(packFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(ts|wat)$/.test(path))
    .sort()
    .flatMap((path) => {
      const found = identify(join(packFolder, folder, ...path.split(sep)), ops);
      if (found && 'message' in found) throw new Error(`${found.file}: ${found.message}`);
      return found ?? [];
    });
}

function tagsOf(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^\s*(?:\*|;;|\/\/)\s*@(\w+)\s+(.+?)\s*$/gm);
  return new Map([...lines].map(([, name, value]) => [name, value]));
}

/** Builds a kernel of the pack; if that fails, returns the verdict. Theft is held to the rule for imports. */
export async function buildPacked(
  candidate: CandidateFile | Cheat,
  dims: Readonly<Record<string, number>>,
): Promise<Built | Verdict> {
  try {
    const bound = 'family' in candidate && candidate.family === 'theft';
    // A kernel in TypeScript may need a package of nfold's as well.
    const allowed = candidate.kind === 'as.ts' ? packageRoot : homeRoot;
    const built = await (bound ? build(candidate) : buildWithin(allowed, candidate));
    await built.artifact(dims, 1);
    return built;
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return erred(error);
  }
}

/** Whether a verdict is the one that the cheat's head comment asks for. */
export function isStated({ reason }: Cheat, verdict: Verdict): boolean {
  if (verdict.status === 'pass') return false;
  return reason.split(' | ').some((one) => {
    if (verdict.status !== 'fail') return verdictText(verdict).includes(one);
    const [finding, where] = one.split(': ');
    return verdict.failure.reason === finding && (where === undefined || verdict.failure.where.includes(where));
  });
}
