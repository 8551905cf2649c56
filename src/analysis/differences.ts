/** What differs between two records besides their times: what may explain a change, and what forbids a comparison. */
import { createTwoFilesPatch } from 'diff';
import { describe } from '../machine/describe.ts';
import type { Record } from '../records/schema.ts';

export interface Difference {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

export function differences(a: Record, b: Record): Difference[] {
  const found: Difference[] = [];
  const see = (what: string, from: unknown, to: unknown) => {
    if (`${from}` !== `${to}`) found.push({ what, from: `${from}`, to: `${to}` });
  };
  const here = ({ machine, runtime }: Record) => describe(machine, runtime).split(';')[0];
  see('machine', here(a), here(b));
  see('Node', a.runtime.node, b.runtime.node);
  see('V8', a.runtime.v8, b.runtime.v8);
  see('nfold', a.runtime.nfold, b.runtime.nfold);
  see('effort', a.effort, b.effort);
  see('threads asked for', a.threads ?? 'unknown', b.threads ?? 'unknown');
  see('text', a.text, b.text);
  see('isolation', a.isolation ?? 'unknown', b.isolation ?? 'unknown');
  for (const { op, from, to } of otherBaselines(a, b)) see(`baseline of ${op}`, from, to);
  for (const { candidate, op } of shared(a, b)) {
    const of = (record: Record) => record.results.find((r) => r.candidate === candidate && r.op === op);
    const [from, to] = [of(a), of(b)];
    if (!from || !to) continue;
    see(`flags of ${candidate}`, from.flags.join(' ') || 'none', to.flags.join(' ') || 'none');
    see(`threads of ${candidate}`, from.threads, to.threads);
    see(`source of ${candidate}`, from.hash ?? 'none', to.hash ?? 'none');
  }
  return found;
}

export function otherMachine(a: Record, b: Record): boolean {
  const key = ({ machine: { cpu, cores, arch, os } }: Record) => [cpu, cores, arch, os].join('\n');
  return key(a) !== key(b);
}

/** Ops that both timed, against different baselines: their speedups are multiples of different things. */
export function otherBaselines(a: Record, b: Record): { op: string; from: string; to: string }[] {
  return a.baselines.flatMap(({ op, hash }) => {
    const other = b.baselines.find((baseline) => baseline.op === op);
    return other && other.hash !== hash ? [{ op, from: hash, to: other.hash }] : [];
  });
}

export function shared(a: Record, b: Record): Record['candidates'] {
  return a.candidates.filter((c) => b.candidates.some((other) => other.candidate === c.candidate && other.op === c.op));
}

/** Candidates that only one of the two has. */
export function onlyIn(a: Record, b: Record): string[] {
  const known = new Set(b.candidates.map(({ candidate, op }) => `${op} ${candidate}`));
  return a.candidates.filter(({ candidate, op }) => !known.has(`${op} ${candidate}`)).map(({ candidate }) => candidate);
}

/** The changes in the sources of candidates and baselines that both have, as one patch; '' where there are none. */
export function sourceDiff(a: Record, b: Record): string {
  const patches = new Map<string, string>();
  const add = (from: Record['candidates'][number]['sources'], to: typeof from) => {
    for (const path of new Set([...from, ...to].map((source) => source.path))) {
      const text = (record: Record, sources: typeof from) => {
        const source = sources.find((one) => one.path === path);
        return source ? (record.texts[source.hash] ?? '') : '';
      };
      const [before, after] = [text(a, from), text(b, to)];
      if (before !== after) patches.set(path, createTwoFilesPatch(path, path, before, after, a.id, b.id));
    }
  };
  for (const { candidate, op, sources } of shared(a, b)) {
    const other = b.candidates.find((c) => c.candidate === candidate && c.op === op);
    // A record of version 1 holds no sources, and what isn't known is no difference.
    if (sources.length > 0 && other && other.sources.length > 0) add(sources, other.sources);
  }
  for (const { op, sources } of a.baselines) add(sources, b.baselines.find((one) => one.op === op)?.sources ?? sources);
  return [...patches.values()].join('\n');
}
