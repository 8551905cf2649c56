/** Draws loss curves: on the terminal by asciichart, as SVG by Observable Plot. */
import { stripVTControlCharacters } from 'node:util';
import { colored, cyan, magenta, yellow } from 'asciichart';
import { mean } from 'simple-statistics';
import { NfoldError } from '../contract/errors.ts';
import { chart } from '../report/chart.ts';
import { marked, pc, screen } from '../report/screen.ts';

export interface Curves {
  readonly title: string;
  readonly candidate: string;
  /** Steps before the first loss. */
  readonly from: number;
  readonly losses: readonly number[];
  readonly heldOut: readonly (readonly [step: number, loss: number])[];
  /** Losses from the same step on; it may end sooner. */
  readonly baseline: readonly number[] | null;
}

export interface Point {
  readonly step: number;
  readonly loss: number;
}

/** Losses of consecutive steps, after `from` steps. */
export const stepsOf = (losses: readonly number[], from: number): Point[] =>
  losses.map((loss, i) => ({ step: from + i + 1, loss }));

/** Means over at most `stretches` stretches of equal length. */
export function smoothed(points: readonly Point[], stretches: number): Point[] {
  const length = Math.max(1, Math.ceil(points.length / stretches));
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const some = points.slice(i * length, (i + 1) * length);
    return { step: mean(some.map(({ step }) => step)), loss: mean(some.map(({ loss }) => loss)) };
  });
}

/** The loss on the line through the points; beyond its ends, that of the nearest point. */
function at(points: readonly Point[], step: number): number {
  const next = points.findIndex((point) => point.step >= step);
  if (next < 0) return points[points.length - 1].loss;
  if (next === 0) return points[0].loss;
  const [a, b] = [points[next - 1], points[next]];
  return a.loss + ((b.loss - a.loss) * (step - a.step)) / (b.step - a.step);
}

const rows = 14;
const maxWidth = 72;
/** Characters of the numbers left of the axis. */
const margin = 8;

/** A picture of at most `columns` characters a line, with its legend. */
export async function terminalCurve(
  curves: Curves,
  columns = Number.isFinite(screen().columns) ? screen().columns : 80,
): Promise<string> {
  const { candidate, from, losses, heldOut, baseline } = curves;
  const width = Math.max(20, Math.min(maxWidth, columns - margin - 4));
  const last = from + losses.length;
  const steps = Array.from({ length: width }, (_, i) => from + 1 + (i * (last - from - 1)) / (width - 1));
  const lines = [
    // Without colours it would look like the others.
    { name: 'held-out', color: yellow, points: pc.isColorSupported ? pointsOf(heldOut) : [], until: last },
    { name: `training, ${candidate}`, color: cyan, points: smoothed(stepsOf(losses, from), width), until: last },
    {
      name: 'training, baseline, drawn over it',
      color: magenta,
      points: smoothed(stepsOf(baseline ?? [], from), width),
      until: from + (baseline?.length ?? 0),
    },
  ].filter(({ points }) => points.length > 0);
  const series = lines.map(({ points, until }) => steps.filter((s) => s <= until).map((s) => at(points, s)));
  const colors = pc.isColorSupported ? lines.map(({ color }) => color) : undefined;
  const drawn = chart(series, { height: rows, colors, format: (value) => value.toFixed(2).padStart(margin) });
  const legend = lines.map(({ name, color }) => (colors ? `${marked(colored('──', color))} ${name}` : name));
  const indent = ' '.repeat(margin + 2);
  const together = legend.join(colors ? '   ' : ' and ');
  const fits = indent.length + stripVTControlCharacters(together).length <= columns;
  return [
    `${' '.repeat(margin - 4)}loss, nats per byte`,
    drawn.replace(/ +$/gm, ''),
    `${indent}${from + 1}${`step ${last}`.padStart(width - `${from + 1}`.length)}`,
    ...(fits ? [together] : legend).map((line) => indent + line),
  ].join('\n');
}

export const pointsOf = (pairs: Curves['heldOut']): Point[] => pairs.map(([step, loss]) => ({ step, loss }));

/** Throws NfoldError if a library that draws for `--plot` is missing: only a checkout has both. */
export async function plotLibraries() {
  try {
    return await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new NfoldError(
      "--plot needs two more packages: run 'npm install @observablehq/plot linkedom'.",
      'no-package',
    );
  }
}

/** The SVG has at most `maxPoints` points for losses, and a line through their means over `stretches`. */
const maxPoints = 1500;
const stretches = 100;

/** An SVG file's text. Throws NfoldError as `plotLibraries` does. */
export async function svgCurve(curves: Curves): Promise<string> {
  const [{ dot, line, plot, text }, { parseHTML }] = await plotLibraries();
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const { title, candidate, from, losses, heldOut, baseline } = curves;
  const [blue, orange, black] = ['#3b82c4', '#c2410c', '#111111'];
  const stride = Math.ceil(losses.length / maxPoints);
  const points = stepsOf(losses, from);
  const raw = points.filter((_, i) => i % stride === 0);
  const means = smoothed(points, stretches);
  const baselineMeans = smoothed(stepsOf(baseline ?? [], from), stretches);
  const dashed = { strokeWidth: 1.25, strokeDasharray: '5 4' };
  const xy = { x: 'step', y: 'loss' } as const;
  const legend = [
    { label: `━ training, ${candidate}`, fill: blue },
    ...(heldOut.length > 0 ? [{ label: '● held-out text', fill: orange }] : []),
    ...(baseline ? [{ label: '╍ training, baseline', fill: black }] : []),
  ];
  const svg = plot({
    document,
    ...{ width: 800, height: 460, marginTop: 52, marginLeft: 56, marginRight: 24, marginBottom: 44 },
    style: { fontFamily: 'sans-serif', fontSize: '12px', color: '#222' },
    x: { label: 'step', labelArrow: 'none', labelAnchor: 'center' },
    y: { label: 'loss (nats per byte)', labelArrow: 'none', labelAnchor: 'center', grid: true, ticks: 8 },
    marks: [
      dot(raw, { ...xy, r: 1, fill: blue, fillOpacity: 0.25 }),
      line(means, { ...xy, stroke: blue, strokeWidth: 3 }),
      line(pointsOf(heldOut), { ...xy, stroke: orange, strokeWidth: 1, marker: 'dot' }),
      line(baselineMeans, { ...xy, stroke: black, ...dashed }),
      text([title], { frameAnchor: 'top-left', dy: -38, dx: -44, fontSize: 14, fontWeight: 'bold' }),
      ...legend.map(({ label, fill }, i) =>
        text([label], { frameAnchor: 'top-right', dx: -8, dy: 8 + 18 * i, fill, fontSize: 12 }),
      ),
    ],
  });
  // A file needs the namespace, and a white background.
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML.replace('</style>', '$&<rect width="100%" height="100%" fill="white"/>')}\n`;
}
