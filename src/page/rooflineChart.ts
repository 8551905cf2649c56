/** Draws a roofline on log scales: the points of kernels, under ceilings that are named on their lines. */

import { type LogAxis, logAxis } from '../draw/axis.ts';
import { type Draw, isNarrow, px } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { digits } from '../report/format.ts';
import { type Flag, flagsOf } from './labels.ts';
import { charWidth, type LegendItem, legend } from './legend.ts';
import { type Ceiling, levelName, type Point } from './rooflineData.ts';

const rowHeight = 15;
/** With more rows of names, points have numbers, and the names stand below. */
const maxRows = 16;
/** With more peers, only the table names them. */
const maxNamedPeers = 6;

/** The pixels of what is drawn: x grows with flop per byte, y with Gflop/s. */
interface Plane {
  readonly x: LogAxis;
  readonly y: LogAxis;
  readonly top: number;
  readonly bottom: number;
}

export const drawnRoofline =
  (points: readonly Point[], ceilings: readonly Ceiling[]): Draw =>
  (width) => {
    const narrow = isNarrow(width);
    const [left, right] = [narrow ? 34 : 46, width - 8];
    const [flat, slope] = [highest(ceilings, 'compute'), highest(ceilings, 'memory')];
    const ridge = flat !== null && slope !== null ? [flat / slope] : [];
    const places = points.flatMap((point) => [point, ...point.cases]);
    // At the left, room for the names of slopes.
    const least = Math.min(...places.map((place) => place.x)) / (slope === null ? 1 : 1.6);
    const x = logAxis([...places.map((place) => place.x), least, ...ridge], { left, right }, { always: [] });
    const own = points.filter(({ peer }) => !peer).sort((a, b) => a.x - b.x);
    const named = flagsOf(
      own,
      (point) => x.x(point.x),
      ({ op }) => op,
      x,
    );
    const isNumbered = named.some(({ row }) => row >= maxRows);
    const flags = isNumbered
      ? flagsOf(
          own,
          (point) => x.x(point.x),
          (point) => `${own.indexOf(point) + 1}`,
          x,
        )
      : named;
    const rowsOf = (isUp: boolean) => 1 + Math.max(-1, ...flags.filter((f) => f.isUp === isUp).map(({ row }) => row));
    const key = legend(width, legendOf(points));
    const top = key.height + 24;
    const highY = top + 12 + rowHeight * rowsOf(true);
    const lowY = highY + (narrow ? 330 : 400);
    const values = [
      ...places.map((place) => place.y),
      ...points.map(({ baseline }) => baseline),
      ...(flat ? [flat] : []),
    ];
    const y = logAxis(values, { left: lowY, right: highY }, { always: [] });
    const bottom = lowY + 8 + rowHeight * rowsOf(false);
    const plane = { x, y, top, bottom };
    const list = isNumbered ? namesBelow(own, bottom + 52, width) : { height: 0, marks: null };
    return {
      height: bottom + 40 + list.height,
      marks: [
        key.marks,
        grid(plane, narrow),
        roofs(plane, ceilings, flat, slope),
        ceilingNames(plane, ceilings, flat, slope, narrow),
        flags.map((flag) => leader(plane, flag)),
        points.map((point) => caseMarks(plane, point)),
        points.map((point) => liftMarks(plane, point)),
        points.map((point) => pointMark(x.x(point.x), y.x(point.y), kindOf(point))),
        flags.map((flag) => flagName(plane, flag)),
        narrow ? null : peerNames(plane, points),
        list.marks,
      ],
    };
  };

function highest(ceilings: readonly Ceiling[], bound: Ceiling['bound']): number | null {
  const values = ceilings.filter((one) => one.bound === bound).map(({ value }) => value);
  return values.length > 0 ? Math.max(...values) : null;
}

const kindOf = ({ isMain, peer, bound }: Point) =>
  peer ? 'peer' : isMain ? 'us' : bound === 'compute' ? 'arith' : 'cand';

function pointMark(x: number, y: number, kind: ReturnType<typeof kindOf>): Markup {
  if (kind === 'peer') return html`<path d="M${px(x - 5.5)} ${px(y)}l5.5 -5.5l5.5 5.5l-5.5 5.5z" class="spot peer" />`;
  return html`<circle cx=${px(x)} cy=${px(y)} r="5.5" class="spot ${kind}" />`;
}

const kinds = [
  ['us', 'training step'],
  ['arith', 'bound by arithmetic'],
  ['cand', 'bound by memory'],
  ['peer', 'published library'],
] as const;

function legendOf(points: readonly Point[]): LegendItem[] {
  const shown = kinds.filter(([kind]) => points.some((point) => kindOf(point) === kind));
  return [
    ...shown.map(([kind, text]) => ({ text, mark: (x: number, y: number) => pointMark(x, y, kind) })),
    { text: 'baseline', mark: (x, y) => html`<circle cx=${x} cy=${y} r="3.5" class="from" />` },
  ];
}

const grid = ({ x, y, top, bottom }: Plane, narrow: boolean): Markup => html`
  ${x.ticks.map((tick) => {
    const at = px(x.x(tick));
    return html`<line x1=${at} y1=${top} x2=${at} y2=${bottom} class="grid" /><text x=${at} y=${bottom + 16} class="tick" text-anchor="middle">${short(tick)}</text>`;
  })}
  ${y.ticks.map((tick) => {
    const at = px(y.x(tick));
    return html`<line x1=${x.left} y1=${at} x2=${x.right} y2=${at} class="grid" /><text x=${x.left - 6} y=${px(at + 4)} class="tick" text-anchor="end">${short(tick)}</text>`;
  })}
  <text x="0" y=${top - 8} class="dim">Gflop/s</text>
  <text x=${x.right} y=${bottom + 34} class="dim" text-anchor="end">${narrow ? '' : 'arithmetic intensity: '}flop per byte that has to move</text>`;

const short = (tick: number): string => `${Number(tick.toPrecision(3))}`;

/** Lines, the highest ones strong, and the region above them. A flat one begins where it meets the slope, and a slope ends at the flat one. */
function roofs({ x, y, top }: Plane, ceilings: readonly Ceiling[], flat: number | null, slope: number | null): Markup {
  const limit = flat ?? y.to;
  const at = (flopPerByte: number, gflops: number) => `${px(x.x(flopPerByte))} ${px(y.x(gflops))}`;
  const edge = slope === null ? null : [x.from, Math.max(x.from, y.from / slope), limit / slope];
  const under = edge && slope !== null ? edge.map((v) => at(v, Math.max(y.from, v * slope))) : [at(x.from, limit)];
  const line = ({ bound, value }: Ceiling) => {
    const isFlat = bound === 'compute';
    const strong = value === (isFlat ? flat : slope) ? 'roof strong' : 'roof';
    const [a, b] = isFlat
      ? [slope === null ? x.from : value / slope, x.to]
      : [Math.max(x.from, y.from / value), Math.min(x.to, limit / value)];
    if (a >= b) return null;
    return html`<path d="M${at(a, isFlat ? value : a * value)}L${at(b, isFlat ? value : b * value)}" class=${strong} />`;
  };
  return html`<path d="M${under.join('L')}L${at(x.to, limit)}V${top}H${x.left}Z" class="over" />${ceilings.map(line)}`;
}

/** Names stand above their lines, and above the names of lower ones. */
function ceilingNames(
  { x, y }: Plane,
  ceilings: readonly Ceiling[],
  flat: number | null,
  slope: number | null,
  narrow: boolean,
): Markup {
  const rising = ceilings.toSorted((a, b) => a.value - b.value);
  const flats = rising.filter(({ bound }) => bound === 'compute');
  const slopes = rising.filter(({ bound }) => bound === 'memory');
  const start = flat !== null && slope !== null ? x.x(flat / slope) + 8 : x.left + 8;
  const heights = nameHeights(flats.map(({ value }) => -y.x(value)));
  // All slopes have one angle: a decade of x is as high as one of y.
  const perDecade = [x, y].map((axis) => Math.abs(axis.right - axis.left) / Math.log10(axis.to / axis.from));
  const angle = Math.atan2(perDecade[1], perDecade[0]);
  // One tells the width and threads of all, if they are the same.
  const isAlike = new Set(slopes.map(({ name }) => name.replace(levelName(name), ''))).size === 1;
  // Pixels above the lower left corner, where a slope meets the left side; below it if that is less than 0.
  const sides = slopes.map(({ value }) => perDecade[1] * Math.log10((x.from * value) / y.from));
  const levels = nameHeights(sides.map((side) => side * Math.cos(angle)));
  return html`
    ${flats.map(({ name, value }, i) => {
      const text = `${name}: ${digits(value)}${narrow ? '' : ' Gflop/s'}`;
      const fits = start + charWidth * text.length <= x.right;
      return html`<text x=${px(fits ? start : x.right)} y=${px(-heights[i])} class="dim halo" text-anchor=${fits ? 'start' : 'end'}>${text}</text>`;
    })}
    ${slopes.map(({ name, value }, i) => {
      const text = `${narrow || (i < slopes.length - 1 && isAlike) ? levelName(name).replace(' bandwidth', '') : name}: ${digits(value)} GB/s`;
      const along = 12 + Math.max(0, -sides[i] / Math.tan(angle));
      const off = levels[i] - sides[i] * Math.cos(angle);
      const [right, up] = [along - off * Math.sin(angle), sides[i] + along * Math.tan(angle) + off * Math.cos(angle)];
      const turn = `translate(${px(x.left + right)} ${px(y.left - up)}) rotate(${px((-180 * angle) / Math.PI)})`;
      return html`<text transform=${turn} class="dim halo">${text}</text>`;
    })}`;
}

/** Rising numbers, moved up where they lie closer than a row of names. */
const apart = (rising: readonly number[]): number[] =>
  rising.reduce<number[]>((placed, value) => placed.concat(Math.max(value, (placed.at(-1) ?? -1e9) + 13)), []);

/** Of the names of lines at these heights: above each, save that the lowest one's is below if there is no room. */
function nameHeights(rising: readonly number[]): number[] {
  const isTight = rising.length > 1 && rising[1] - rising[0] < 17;
  return apart(rising.map((height, i) => height + (isTight && i === 0 ? -13 : 4)));
}

const caseMarks = ({ x, y }: Plane, point: Point): Markup =>
  point.peer
    ? null
    : html`<path d=${point.cases.map((one) => `M${px(x.x(one.x))} ${px(y.x(one.y))}h0`).join('')} class="case ${kindOf(point)}" />`;

/** A peer stands above the same baseline. */
function liftMarks({ x, y }: Plane, point: Point): Markup {
  if (point.peer) return null;
  const [at, from] = [px(x.x(point.x)), px(y.x(point.baseline))];
  return html`<path d="M${at} ${from}V${px(y.x(point.y))}" class="lift ${kindOf(point)}" /><circle cx=${at} cy=${from} r="3.5" class="from" />`;
}

const flagY = ({ y }: Plane, { isUp, row }: Flag<Point>) =>
  isUp ? y.right - 2 - rowHeight * row : y.left + 12 + rowHeight * row;

function leader(plane: Plane, flag: Flag<Point>): Markup {
  const from = plane.y.x(flag.isUp ? flag.of.y : flag.of.baseline);
  return html`<path d="M${px(flag.x)} ${px(from)}V${px(flagY(plane, flag) - (flag.isUp ? 10 : 4))}" class="leader" />`;
}

const flagName = (plane: Plane, flag: Flag<Point>): Markup =>
  html`<text x=${px(flag.x + (flag.isUp ? -5 : 5))} y=${px(flagY(plane, flag))} class="sm halo ${kindOf(flag.of) === 'us' && 'us'}" text-anchor=${flag.isUp ? 'end' : 'start'}>${flag.text}</text>`;

/** At their points, on the side that has room. */
function peerNames({ x, y }: Plane, points: readonly Point[]): Markup {
  const peers = points.filter(({ peer }) => peer).sort((a, b) => a.y - b.y);
  if (peers.length > maxNamedPeers) return null;
  const heights = apart(peers.map((peer) => -y.x(peer.y)));
  return peers.map((peer, i) => {
    const at = x.x(peer.x);
    const fits = at + 10 + charWidth * peer.candidate.length <= x.right;
    return html`<text x=${px(at + (fits ? 9 : -9))} y=${px(4 - heights[i])} class="dim halo" text-anchor=${fits ? 'start' : 'end'}>${peer.candidate}</text>`;
  });
}

function namesBelow(points: readonly Point[], top: number, width: number): { height: number; marks: Markup } {
  const columns = isNarrow(width) ? 1 : 3;
  const rows = Math.ceil(points.length / columns);
  const marks = points.map(({ op }, i) => {
    const x = Math.floor(i / rows) * (width / columns);
    return html`<text x=${px(x)} y=${top + rowHeight * (i % rows)} class="sm"><tspan class="b">${i + 1}</tspan><tspan dx="6">${op}</tspan></text>`;
  });
  return { height: 12 + rowHeight * rows, marks };
}
