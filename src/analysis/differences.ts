/** Differences of two records besides their times: they may explain a change, or forbid a comparison. */
import { describeMachine } from '../machine/describe.ts';
import { byCandidate } from '../records/byCandidate.ts';
import type { Record, Result } from '../records/schema.ts';

const facts: { readonly [what: string]: (record: Record) => unknown } = {
  machine: ({ machine }) => describeMachine(machine),
  Node: ({ runtime }) => runtime.node,
  V8: ({ runtime }) => runtime.v8,
  nfold: ({ runtime }) => runtime.nfold,
  effort: ({ effort }) => effort,
  'threads asked for': ({ threads }) => threads ?? 'unknown',
  text: ({ text }) => text,
  isolation: ({ isolation }) => isolation ?? 'unknown',
};

const factsOfCandidate: { readonly [what: string]: (result: Result) => unknown } = {
  flags: ({ flags }) => flags.join(' ') || 'none',
  threads: ({ threads }) => threads,
  source: ({ hash }) => hash ?? 'none',
};

/** Each fact in which the records differ, in words. */
export function differences(a: Record, b: Record): { what: string; from: string; to: string }[] {
  const [inA, inB] = [byCandidate(a), byCandidate(b)];
  const compared = [
    ...Object.entries(facts).map(([what, fact]) => ({ what, from: fact(a), to: fact(b) })),
    ...otherBaselines(a, b).map(({ op, ...hashes }) => ({ what: `baseline of ${op}`, ...hashes })),
    ...a.candidates.flatMap((row) => {
      const [[from], [to]] = [inA(row).results, inB(row).results];
      if (!from || !to) return [];
      return Object.entries(factsOfCandidate).map(([what, fact]) => {
        return { what: `${what} of ${row.candidate}`, from: fact(from), to: fact(to) };
      });
    }),
  ];
  return compared
    .map(({ what, from, to }) => ({ what, from: `${from}`, to: `${to}` }))
    .filter(({ from, to }) => from !== to);
}

export function otherMachine(a: Pick<Record, 'machine'>, b: Pick<Record, 'machine'>): boolean {
  const key = ({ machine: { cpu, cores, arch, os } }: typeof a) => [cpu, cores, arch, os].join('\n');
  return key(a) !== key(b);
}

/** The ops that both timed, but against different baselines, with the hashes of these. */
export function otherBaselines(a: Record, b: Record): { op: string; from: string; to: string }[] {
  return a.baselines.flatMap(({ op, hash }) => {
    const other = b.baselines.find((baseline) => baseline.op === op);
    return other && other.hash !== hash ? [{ op, from: hash, to: other.hash }] : [];
  });
}

/** The candidates that only the first of the two has. */
export function onlyIn(a: Record, b: Record): string[] {
  const inB = byCandidate(b);
  return a.candidates.filter((row) => !inB(row).candidate).map(({ candidate }) => candidate);
}
