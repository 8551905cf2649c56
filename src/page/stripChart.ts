/** Draws strips: in each a line per round, in time order, on one axis of speedups. */
import { min } from 'simple-statistics';
import { type LogAxis, logAxis } from '../draw/axis.ts';
import { type Draw, isNarrow, px, speedupGrid } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, shortName, times } from '../draw/words.ts';
import { clipped, type LegendItem, legend } from './legend.ts';
import { type Group, leftOutOf, leftOutText, type Strip } from './stripData.ts';

/** Pixels of the ticks' labels above the first case. */
const head = 26;

const groupHeight = 24;

/** Pixels of a round's line. */
const lineOf = (rounds: number, isTall: boolean) =>
  isTall && rounds <= 12 ? 20 : rounds <= 5 ? 9 : rounds <= 12 ? 5 : 3;

const roundsOf = ({ calls }: Strip) => [...new Set(calls.map(({ round }) => round))].sort((a, b) => a - b);
const valuesOf = ({ ratios, result }: Strip) => [...ratios.values(), ...(result.speedup ? [result.speedup.value] : [])];

/** With all calls. A single case has a tall strip, with the numbers of its rounds. */
export const drawnStrips =
  (strips: readonly Strip[]): Draw =>
  (width) => {
    const narrow = isNarrow(width);
    const isTall = strips.length === 1;
    const isAbove = narrow || isTall;
    const left = isTall ? 66 : narrow ? 6 : 168;
    const calls = strips.flatMap((strip) => strip.calls);
    const counting = calls.flatMap(({ value, isLeftOut }) => (isLeftOut ? [] : [value]));
    const least = min([1, ...counting]);
    const shown = [...calls.map(({ value }) => Math.max(least, value)), ...strips.flatMap(valuesOf)];
    const axis = logAxis(shown, { left, right: width - (isAbove ? 12 : 166) }, { always: [] });
    const key = legend(
      width,
      legendOf(
        leftOutOf(calls).map(({ value }) => value),
        axis,
      ),
    );
    const first = key.height + head + 2;
    const heights = strips.map((strip) =>
      Math.max(lineOf(roundsOf(strip).length, isTall) * roundsOf(strip).length, 26),
    );
    const above = isAbove ? 26 : 4;
    const tops = stacked(heights.map((height) => above + height + 10));
    const drawn = strips.map((strip, i) => {
      const rounds = roundsOf(strip);
      const line = heights[i] / rounds.length;
      const top = first + tops[i] + above;
      const rule = px(top - above - 5);
      return html`<g class="strip">
        ${i > 0 && html`<line x1="0" y1=${rule} x2=${width} y2=${rule} class="rule" />`}
        ${isAbove && html`<rect x="0" y=${top - 26} width=${width} height="22" class="mask" />`}
        ${estimateBand(axis, strip, top - 2, heights[i] + 4)}
        ${rounds.map((round, r) => lineMarks(axis, strip, round, top + line * r, line))}
        ${isTall && roundNames(rounds, top, line)}
        ${isAbove ? namesAbove(strip, width, top - 11) : namesBeside(strip, left, width - 156, top + heights[i] / 2)}
      </g>`;
    });
    const bottom = first + tops[strips.length] - 6;
    return { height: bottom + 2, marks: [key.marks, speedupGrid(axis, { top: first - 2, bottom }), drawn] };
  };

/** Where each begins, and where the last ends. */
const stacked = (heights: readonly number[]): number[] =>
  [0, ...heights].map((_, i) => heights.slice(0, i).reduce((sum, height) => sum + height, 0));

function legendOf(dropped: readonly number[], axis: LogAxis): LegendItem[] {
  const out = (text: string, shape: typeof ring): LegendItem => {
    return { text, mark: (x, y) => html`<path d=${shape(x, y)} class="call dropped" />` };
  };
  return [
    { text: 'a call', mark: (x, y) => html`<path d="M${x} ${y}h0" class="call" />` },
    ...(dropped.length > 0 ? [out('left out', ring)] : []),
    ...(dropped.some(axis.beyond) ? [out('further left', beyond)] : []),
    ...roundsLegend,
  ];
}

const roundsLegend: readonly LegendItem[] = [
  { text: 'a round', mark: (x, y) => html`<path d="M${x} ${y - 5}v10" class="round" />` },
  {
    text: 'speedup and 95 % interval',
    mark: (x, y) =>
      html`<rect x=${x - 10} y=${y - 6} width="20" height="12" class="band" /><line x1=${x} y1=${y - 7} x2=${x} y2=${y + 7} class="middle" />`,
  },
];

const ring = (x: number, y: number) => `M${px(x - 2.8)} ${px(y)}a2.8 2.8 0 1 1 0 .01z`;
/** A triangle that points beyond the axis. */
const beyond = (x: number, y: number) => `M${px(x)} ${px(y)}l6 -3v6z`;

function lineMarks(axis: LogAxis, { calls, ratios }: Strip, round: number, top: number, line: number): Markup {
  const own = calls.filter((call) => call.round === round);
  const placed = own.map(({ value, isLeftOut }, i) => {
    const isBeyond = axis.beyond(value) !== null;
    return { x: axis.x(value), y: top + 1 + ((line - 2) * (i + 0.5)) / own.length, isLeftOut, isBeyond };
  });
  const calm = placed.filter(({ isLeftOut }) => !isLeftOut).map(({ x, y }) => `M${px(x)} ${px(y)}h0`);
  const out = placed.filter(({ isLeftOut }) => isLeftOut).map(({ x, y, isBeyond }) => (isBeyond ? beyond : ring)(x, y));
  const ratio = ratios.get(round);
  return html`
    ${calm.length > 0 && html`<path d=${calm.join('')} class="call" />`}
    ${out.length > 0 && html`<path d=${out.join('')} class="call dropped" />`}
    ${ratio !== undefined && html`<path d="M${px(axis.x(ratio))} ${px(top)}v${px(line)}" class="round" />`}`;
}

/** An arrow where the interval goes on beyond the axis. */
function estimateBand(axis: LogAxis, { result: { speedup } }: Strip, top: number, height: number): Markup {
  if (!speedup) return null;
  const x = px(axis.x(speedup.value));
  const [low, high] = [speedup.low ?? speedup.value, speedup.high ?? speedup.value];
  const [from, to] = [low, high].map((edge) => px(axis.x(edge)));
  const arrow = (edge: number, way: number) =>
    html`<path d="M${edge - 4 * way} ${px(top + height / 2 - 3)}l${4 * way} 3l${-4 * way} 3" class="onward" />`;
  return html`<rect x=${from} y=${px(top)} width=${px(to - from)} height=${height} class="band" />
    <line x1=${x} y1=${px(top)} x2=${x} y2=${px(top + height)} class="middle" />
    ${axis.beyond(low) && arrow(from, -1)}${axis.beyond(high) && arrow(to, 1)}`;
}

/** As many as there is room for. */
function roundNames(rounds: readonly number[], top: number, line: number): Markup {
  const step = Math.ceil(14 / line);
  return rounds.map((round, i) =>
    i % step === 0
      ? html`<text x="0" y=${px(top + line * i + line / 2 + 4)} class="dim">round ${round + 1}</text>`
      : null,
  );
}

const numbers = ({ result: { speedup } }: Strip): Markup =>
  speedup
    ? html`<tspan class="b">${times(speedup.value)}</tspan><tspan class="dim" dx="6">${edges(speedup)}</tspan>`
    : html`<tspan class="dim">no speedup</tspan>`;

const namesAbove = (strip: Strip, width: number, y: number): Markup => html`
  <text x="0" y=${y} class="mono">${clipped(strip.result.case, width - 136)}</text>
  <text x=${width} y=${y} text-anchor="end">${numbers(strip)}</text>`;

const namesBeside = (strip: Strip, room: number, x: number, y: number): Markup => html`
  <text x="0" y=${px(y + 4)} class="mono">${clipped(strip.result.case, room - 12)}</text>
  <text x=${x} y=${px(y - 3)}>${numbers(strip)}</text>
  <text x=${x} y=${px(y + 12)} class="dim">${leftOutText(strip.calls)}</text>`;

/** With the ratios of rounds alone: a row per case, under the names of the ops if there are several. */
export const drawnRounds =
  (groups: readonly Group[]): Draw =>
  (width) => {
    const narrow = isNarrow(width);
    const left = narrow ? 128 : 168;
    const rowHeight = groups.flatMap(({ strips }) => strips).length > 100 ? 12 : 14;
    const values = groups.flatMap(({ strips }) => strips.flatMap(valuesOf));
    const axis = logAxis(values, { left, right: width - (narrow ? 52 : 166) });
    const key = legend(width, roundsLegend);
    const [first, above] = [key.height + head, groups.length > 1 ? groupHeight : 2];
    const tops = stacked(groups.map(({ strips }) => above + rowHeight * strips.length));
    const drawn = groups.map(({ op, candidate, strips }, i) => {
      const y = first + tops[i] + above;
      const heading = html`<rect x="0" y=${y - 19} width=${width} height="17" class="mask" />
        <text x="0" y=${y - 6} class="b">${op}<tspan class="dim" dx="7">${shortName(candidate, op)}</tspan></text>`;
      const rows = strips.map((strip, k) => row(axis, strip, y + rowHeight * (k + 0.5), width));
      return html`<g>${groups.length > 1 && heading}${rows}</g>`;
    });
    const bottom = first + tops[groups.length] + 2;
    return { height: bottom + 2, marks: [key.marks, speedupGrid(axis, { top: first, bottom }), drawn] };
  };

function row(axis: LogAxis, strip: Strip, y: number, width: number): Markup {
  const { ratios, result } = strip;
  const ticks = [...ratios.values()].map((value) => `M${px(axis.x(value))} ${px(y - 4)}v8`);
  const number = result.speedup ? times(result.speedup.value) : 'none';
  return html`<g class="strip">${estimateBand(axis, strip, y - 5, 10)}
    <path d=${ticks.join('')} class="round" />
    <text x="0" y=${px(y + 4)} class="mono">${clipped(result.case, axis.left - 8)}</text>
    ${
      isNarrow(width)
        ? html`<text x=${width} y=${px(y + 4)} class="sm b" text-anchor="end">${number}</text>`
        : html`<text x=${width - 156} y=${px(y + 4)} class="sm">${numbers(strip)}</text>`
    }
  </g>`;
}
