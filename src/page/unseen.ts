/** Shapes that were drawn for the run, beside the timed cases that they are near. */
import { counted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';
import { lookOf, verdictOf } from './clear.ts';
import { type Cell, intervalCell, ratioCell, tableMarkup } from './section.ts';
import { namesIn, type View } from './subject.ts';

const isNumber = true;
const numbers = (...heads: string[]) => heads.map((head) => ({ head, isNumber }));

/** Each candidate over all shapes, and then shape by shape; nothing without such shapes. */
export function unseenTables(view: View, on: string): Markup {
  const { record, suite } = view;
  const nameOf = namesIn(view);
  const gaps = record.unseen.filter((row) => suite.ops.includes(row.op) && nameOf(row) !== null);
  const results = record.results.filter((row) => row.unseen && suite.ops.includes(row.op) && nameOf(row) !== null);
  if (results.length === 0) return null;
  const made = gaps.filter(({ specialCased, peer }) => specialCased && !peer).map((row) => nameOf(row));
  const overAll = gaps.map(({ gap, comparison, ...row }) => ({ ...row, gap, verdict: verdictOf(gap, comparison) }));
  const byShape = results.map((result) => {
    const shape = gaps.find(({ op, candidate }) => op === result.op && candidate === result.candidate)?.shapes;
    const near = shape?.find((one) => one.case === result.case)?.near;
    const isNear = (one: typeof result) => one.op === result.op && one.candidate === result.candidate;
    const known = record.results.find((one) => isNear(one) && one.case === near && !one.unseen);
    return { ...result, near, known, said: verdictOf(result.speedup, result.comparison) };
  });
  return html`<h3>${suite.name}: known cases against unseen shapes</h3>
    <p class="cap">Unseen shapes were drawn for this run and count in no mean. Gap: the speedup there, over that at the known cases near them. Own pace: the same of the candidate’s work per time, without the baseline.</p>
    ${made.length > 0 && html`<p><b>${made.join(', ')}: clearly made for the known cases.</b></p>`}
    ${tableMarkup({
      of: `${on}unseen shapes of ${suite.name}`,
      columns: [
        { head: 'candidate' },
        ...numbers('known', 'unseen', 'gap', '95 % interval of the gap', 'own pace'),
        { head: 'verdict of the gap' },
      ],
      looks: overAll.map(({ verdict }) => lookOf(verdict)),
      rows: overAll.map(({ known, unseen, gap, pace, verdict, ...row }): Cell[] => [
        nameOf(row) ?? '',
        ...[known, unseen, gap].map((found) => ratioCell(found?.value ?? null)),
        intervalCell(gap),
        ratioCell(pace),
        verdict ?? 'withheld',
      ]),
    })}
    <details class="more"><summary>Show ${counted(byShape.length, 'row')} of unseen shapes</summary>${tableMarkup({
      of: `${on}each unseen shape of ${suite.name}`,
      columns: [
        ...[{ head: 'unseen shape' }, { head: 'candidate' }],
        ...numbers('speedup', '95 % interval'),
        ...[{ head: 'verdict' }, { head: 'near the known case' }, { head: 'speedup there', isNumber }],
      ],
      looks: byShape.map(({ said }) => lookOf(said)),
      rows: byShape.map(({ near, known, said, speedup, disturbed, ...row }): Cell[] => [
        row.case,
        nameOf(row) ?? '',
        ratioCell(speedup?.value ?? null),
        intervalCell(speedup),
        said ?? `withheld: ${disturbed ?? row.verdict}`,
        near ?? '',
        ratioCell(known?.speedup?.value ?? null),
      ]),
    })}</details>`;
}
