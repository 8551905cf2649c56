/** The changes in the sources of candidates and baselines that two records have in common, as one patch; '' if there are none. */
import { createTwoFilesPatch } from 'diff';
import { visibleLine } from '../contract/foreign.ts';
import { byCandidate } from '../records/byCandidate.ts';
import type { Record } from '../records/schema.ts';

/** The search for the smallest difference takes the square of it, and time for all files of a record. */
export const diffLimits = { maxEditLength: 1000, maxMs: 5000 } as const;

export function sourceDiff(a: Record, b: Record): string {
  const inB = byCandidate(b);
  const until = performance.now() + diffLimits.maxMs;
  const pairs = [
    ...a.candidates.map((from) => ({ from, to: inB(from).candidate })),
    ...a.baselines.map((from) => ({ from, to: b.baselines.find(({ op }) => op === from.op) })),
  ];
  const patches = new Map<string, string>();
  for (const { from, to } of pairs) {
    // A record of version 1 holds no sources: unknown ones are no difference.
    if (!to || from.sources.length === 0 || to.sources.length === 0) continue;
    for (const path of new Set([...from.sources, ...to.sources].map((source) => source.path))) {
      const textIn = ({ texts }: Record, { sources }: typeof from | typeof to) => {
        const hash = sources.find((source) => source.path === path)?.hash ?? '';
        return Object.hasOwn(texts, hash) ? texts[hash] : '';
      };
      const [before, after] = [textIn(a, from), textIn(b, to)];
      // A ready-made module, whose text is its bytes.
      const isBinary = [before, after].some((text) => text.startsWith('data:'));
      if (before !== after && isBinary) patches.set(path, `Binary files ${path} of ${a.id} and ${b.id} differ\n`);
      else if (before !== after) patches.set(path, patchOf(path, before, after));
    }
  }
  return [...patches.values()].join('\n');

  function patchOf(path: string, ...texts: [string, string]): string {
    // A line shows what hides in it, a carriage return too.
    const [before, after] = texts.map((text) => text.split('\n').map(visibleLine).join('\n'));
    return (
      createTwoFilesPatch(path, path, before, after, a.id, b.id, {
        maxEditLength: diffLimits.maxEditLength,
        timeout: Math.max(1, until - performance.now()),
      }) ?? `Files ${path} of ${a.id} and ${b.id} differ in too many lines to be shown\n`
    );
  }
}
