/** Draws loss curves: on the terminal by asciichart, as SVG as the page does. */
import { stripVTControlCharacters } from 'node:util';
import { colored, cyan, magenta, yellow } from 'asciichart';
import { svgFile } from '../draw/file.ts';
import { drawCurves, type Point, pointsOf, smoothed, stepsOf } from '../draw/losses.ts';
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

/** An SVG file's text. */
export function svgCurve({ title, candidate, from, losses, heldOut, baseline }: Curves): string {
  const training = stepsOf(losses, from);
  const drawn = { candidate, training, heldOut: pointsOf(heldOut), baseline: stepsOf(baseline ?? [], from) };
  return svgFile(title, (width) => [drawCurves(width, drawn)]);
}
