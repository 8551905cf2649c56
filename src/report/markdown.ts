/** The suites of a record as Markdown tables, with warnings, machine and date beside them. */
import { describe } from '../machine/describe.ts';
import type { Record } from '../records/schema.ts';
import { meanColumns, meanRows } from './columns.ts';
import { inMarkdown, lineInMarkdown } from './escape.ts';
import { markdownPairs } from './pairs.ts';
import { markdownTableOf } from './table.ts';
import { unseenMarkdown } from './unseen.ts';
import { warningText } from './warnings.ts';

/** Op by op, the best candidate first. */
export function markdownSuite(record: Record, { name, ops }: { name: string; ops: readonly string[] }): string {
  const rows = meanRows(record, ops, ({ suite }) => suite === name);
  return markdownTableOf(meanColumns(rows, ops.length > 1), rows);
}

/** The best candidate of each of these ops. */
export function markdownBest(record: Record, ops: readonly string[]): string {
  const best = ops.flatMap((op) => meanRows(record, [op], ({ peer }) => !peer).slice(0, 1));
  return markdownTableOf(meanColumns(best, true), best);
}

/** One op of a suite of many. */
export function markdownOp(record: Record, op: string): string {
  const rows = meanRows(record, [op], () => true);
  return markdownTableOf(meanColumns(rows, false, true), rows);
}

/** All suites of a record, each under its name. */
export function markdownRecord(record: Record): string {
  const blocks = record.suites.flatMap((suite) => [
    `**${inMarkdown(suite.name)}**`,
    markdownSuite(record, suite),
    ...markdownPairs(record, suite.ops),
    unseenMarkdown(record, suite.ops),
  ]);
  const warnings = record.warnings.map((warning) => `- ${lineInMarkdown(warningText(warning))}`).join('\n');
  return `${[...blocks, warnings, markdownSource(record)].filter(Boolean).join('\n\n')}\n`;
}

/** One line of provenance: what was run, where and when. */
export function markdownSource(record: Record): string {
  const when = record.createdAt.slice(0, 10);
  const source = `${describe(record.machine, record.runtime)}; a ${record.effort} run, seed ${record.seed}, record ${record.id}.`;
  return `*${when}; ${inMarkdown(source)}*`;
}
