/** Where the mean of the training step lies among the multiples that were published. */
import { essayResults } from '../../bench/suites.ts';
import { logAxis } from '../draw/axis.ts';
import { chart, type Drawing, estimateMark, gridLines, isNarrow, px, speedupGrid } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, fitted, round, shortName, times } from '../draw/words.ts';
import type { Mean } from '../records/schema.ts';
import type { Interval } from '../stats/interval.ts';
import type { Section } from './section.ts';
import type { Subject, View } from './subject.ts';

interface Rung {
  readonly name: string;
  readonly detail: string;
  readonly value: number;
  /** That of ours; the published ones have none. */
  readonly interval?: Interval;
}

/** One for each machine that has the essay's suite. */
export function ladders({ views }: Subject): Section[] {
  const own = views.filter(({ suite, best }) => suite.showsEssayResults && best?.arithmetic);
  return own.map((view, i) => ladder(view, own.length > 1 ? i + 1 : null));
}

function ladder({ best, rows, machine }: View, number: number | null): Section {
  const { candidate, op, arithmetic } = best as Mean & { readonly arithmetic: Interval };
  const threads = rows.find(({ mean }) => mean === best)?.results[0]?.threads ?? 1;
  const here = `${number === null ? 'this run' : machine}, ${threads} thread${threads === 1 ? '' : 's'}`;
  const ours: Rung = { name: shortName(candidate, op), detail: here, value: arithmetic.value, interval: arithmetic };
  const rungs = [ours, ...published].sort((a, b) => b.value - a.value);
  const label = `Published mean speedups on a log scale: ${rungs.map((r) => `${r.name} ${text(r)}`).join(', ')}. Ours has the interval ${edges(arithmetic)}.`;
  return {
    id: `ladder${number ?? ''}`,
    name: number === null ? 'Ladder' : `Ladder on ${machine}`,
    title: `${number === null ? '' : `On ${machine}, `}${ladderTitle(arithmetic)}, though the starting codes differ`,
    caption:
      'Mean speedup of a training step, on a log scale: equal steps are equal factors. The shaded band is our 95 % interval; the published figures come without one.',
    note: 'The starting code behind the published multiples is not public, so they do not compare one to one.',
    body: chart(label, (width) => drawn(width, rungs, arithmetic)),
    table: {
      of: number === null ? 'the ladder' : `the ladder on ${machine}`,
      columns: [{ head: 'who' }, { head: 'when' }, { head: 'mean speedup', isNumber: true }, { head: '95 % interval' }],
      rows: rungs.map(({ name, detail, value, interval }) => [
        name,
        detail,
        { text: text({ value, interval }), by: value },
        interval ? edges(interval) : 'not published',
      ]),
    },
  };
}

/** `Claude Opus 4.6, Feb 2026 (34x in its system card)` is a name and a detail. */
const published: readonly Rung[] = essayResults.map(({ what, multiple }) => {
  const [name, ...details] = what.replace(/ \((.*)\)$/, '; $1').split(', ');
  return {
    name: name[0].toUpperCase() + name.slice(1),
    detail: details.join(', ').replace(/(\d)x/, '$1×'),
    value: multiple,
  };
});

const text = ({ value, interval }: Pick<Rung, 'value' | 'interval'>) => (interval ? times(value) : round(value));

/** Claims no rank: it compares numbers, and the interval with them. */
export function ladderTitle({ value, low, high }: Interval): string {
  const rungs = essayResults.map(({ multiple }) => multiple).sort((a, b) => a - b);
  const [above, below] = [rungs.find((rung) => rung >= value), rungs.findLast((rung) => rung < value)];
  const place =
    above === undefined
      ? `above the ladder’s top rung of ${round(rungs[rungs.length - 1])}`
      : below === undefined
        ? `below the ladder’s lowest rung of ${round(rungs[0])}`
        : `between the rungs of ${round(below)} and ${round(above)}`;
  if (low === null || high === null) return `${times(value)} lies ${place}, by a single round`;
  const inside = low > (below ?? 0) && high < (above ?? Number.POSITIVE_INFINITY);
  return `${times(value)} lies ${place}, ${inside ? 'interval included' : 'but its interval reaches beyond'}`;
}

function drawn(width: number, rungs: readonly Rung[], ours: Interval): Drawing {
  const narrow = isNarrow(width);
  const [left, pitch, first] = narrow ? [6, 46, 56] : [236, 40, 48];
  const axis = logAxis(
    rungs.map(({ value }) => value),
    { left, right: width - 64 },
    { starts: true },
  );
  const height = first + pitch * (rungs.length - 1) + 26;
  const area = { top: 26, bottom: height - 4 };
  const [from, to] = [ours.low ?? ours.value, ours.high ?? ours.value].map(axis.x);
  const marks = rungs.map(({ name, detail, value, interval }, i): Markup => {
    const y = first + pitch * i;
    const kind = interval ? 'us' : 'cand';
    const ci = interval ?? { value, low: null, high: null };
    const after = 9 + px(interval?.high ? Math.max(axis.x(interval.high), axis.x(value)) : axis.x(value));
    return html`<g class="rung">
      ${
        narrow
          ? html`<rect x="0" y=${y - 26} width=${width} height="18" class="mask" /><text x="6" y=${y - 12} class="lab ${interval && 'us'}">${fitted(name, 180)}<tspan class="dim" dx="7">${fitted(detail, 170)}</tspan></text>`
          : html`<text x="0" y=${y - 3} class="lab ${interval && 'us'}">${fitted(name, left - 10)}</text><text x="0" y=${y + 13} class="dim">${fitted(detail, left - 10)}</text>`
      }
      <line x1=${left} y1=${y} x2=${px(axis.x(value))} y2=${y} class="stem ${kind}" />
      ${estimateMark(axis, y, ci, { kind, size: interval ? 6.5 : 5 })}
      <text x=${after} y=${y + 5} class="val ${interval && 'us'}">${text({ value, interval })}</text>
    </g>`;
  });
  return {
    height,
    marks: [
      html`<rect x=${px(from)} y=${area.top} width=${px(to - from)} height=${area.bottom - area.top} class="band" />`,
      speedupGrid(axis, area),
      gridLines({ ...axis, ticks: [1] }, area),
      marks,
    ],
  };
}
