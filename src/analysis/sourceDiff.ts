/** The changes in the sources of candidates and baselines that two records have in common, as one patch; '' if there are none. */
import { createTwoFilesPatch } from 'diff';
import { byCandidate } from '../records/byCandidate.ts';
import type { Record } from '../records/schema.ts';

export function sourceDiff(a: Record, b: Record): string {
  const inB = byCandidate(b);
  const pairs = [
    ...a.candidates.map((from) => ({ from, to: inB(from).candidate })),
    ...a.baselines.map((from) => ({ from, to: b.baselines.find(({ op }) => op === from.op) })),
  ];
  const patches = new Map<string, string>();
  for (const { from, to } of pairs) {
    // A record of version 1 holds no sources: unknown ones are no difference.
    if (!to || from.sources.length === 0 || to.sources.length === 0) continue;
    for (const path of new Set([...from.sources, ...to.sources].map((source) => source.path))) {
      const textIn = ({ texts }: Record, { sources }: typeof from | typeof to) =>
        texts[sources.find((source) => source.path === path)?.hash ?? ''] ?? '';
      const [before, after] = [textIn(a, from), textIn(b, to)];
      // A ready-made module, whose text is its bytes.
      const isBinary = [before, after].some((text) => text.startsWith('data:'));
      if (before !== after && isBinary) patches.set(path, `Binary files ${path} of ${a.id} and ${b.id} differ\n`);
      else if (before !== after) patches.set(path, createTwoFilesPatch(path, path, before, after, a.id, b.id));
    }
  }
  return [...patches.values()].join('\n');
}
