/** Loss curves of a training, as the page has them and as `train --plot` writes them. */
import { scaleLinear } from 'd3-scale';
import { mean } from 'simple-statistics';
import { type Drawing, isNarrow, px } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { shortened } from './words.ts';

export interface Point {
  readonly step: number;
  readonly loss: number;
}

export interface Losses {
  readonly candidate: string;
  /** At least one. */
  readonly training: readonly Point[];
  readonly heldOut: readonly Point[];
  readonly baseline: readonly Point[];
}

/** Losses of consecutive steps, after `from` steps. */
export const stepsOf = (losses: readonly number[], from: number): Point[] =>
  losses.map((loss, i) => ({ step: from + i + 1, loss }));

export const pointsOf = (pairs: readonly (readonly [step: number, loss: number])[]): Point[] =>
  pairs.map(([step, loss]) => ({ step, loss }));

/** Means over at most `stretches` stretches of equal length. */
export function smoothed(points: readonly Point[], stretches: number): Point[] {
  const length = Math.max(1, Math.ceil(points.length / stretches));
  return Array.from({ length: Math.ceil(points.length / length) }, (_, i) => {
    const some = points.slice(i * length, (i + 1) * length);
    return { step: mean(some.map(({ step }) => step)), loss: mean(some.map(({ loss }) => loss)) };
  });
}

/** Stretches of a line, and single losses that are drawn behind it. */
const [stretches, maxDots] = [100, 800];
const maxName = 44;

/** The axes are linear: as many steps take as much time anywhere, and the losses before the first step have a place. */
export function drawCurves(width: number, { candidate, training, heldOut, baseline }: Losses): Drawing {
  const narrow = isNarrow(width);
  const name = shortened(candidate, maxName);
  const legend = [
    { kind: 'curve us', text: narrow ? 'training, candidate' : `training, ${name}` },
    ...(baseline.length > 0 ? [{ kind: 'curve base', text: 'training, baseline' }] : []),
    ...(heldOut.length > 0 ? [{ kind: 'held', text: 'held-out text' }] : []),
  ];
  const columns = narrow ? 1 : legend.length;
  const top = 24 + 18 * Math.ceil(legend.length / columns);
  const bottom = top + (narrow ? 220 : 300);
  const dots = training.filter((_, i) => i % Math.ceil(training.length / maxDots) === 0);
  const means = [training, baseline].map((points) => smoothed(points, stretches));
  const drawn = [...dots, ...means.flat(), ...heldOut];
  const x = scaleLinear(ends(drawn.map(({ step }) => step)), [44, width - 12]);
  const y = scaleLinear(ends(drawn.map(({ loss }) => loss)), [bottom, top]).nice(12);
  const at = ({ step, loss }: Point) => `${px(x(step))} ${px(y(loss))}`;
  const line = (points: readonly Point[], kind: string) =>
    points.length > 0 && html`<path d="M${points.map(at).join('L')}" class="curve ${kind}" />`;
  return {
    height: bottom + 38,
    marks: [
      keys(legend, columns),
      y.ticks(6).map((tick) => {
        const level = px(y(tick));
        return html`<line x1="44" y1=${level} x2=${width - 12} y2=${level} class="grid" /><text x="36" y=${level + 4} class="tick" text-anchor="end">${y.tickFormat(6)(tick)}</text>`;
      }),
      x
        .ticks(narrow ? 4 : 8)
        .filter(Number.isInteger)
        .map((tick) => {
          const place = px(x(tick));
          return html`<line x1=${place} y1=${bottom} x2=${place} y2=${bottom + 5} /><text x=${place} y=${bottom + 19} class="tick" text-anchor="middle">${x.tickFormat()(tick)}</text>`;
        }),
      html`<text x="0" y=${top - 12} class="dim">loss, nats per byte</text>
        <text x=${width - 12} y=${bottom + 35} class="dim" text-anchor="end">step</text>
        <path d=${dots.map((point) => `M${at(point)}h0`).join('')} class="losses" />
        ${line(heldOut, 'held')}${line(means[0], 'us')}${line(means[1], 'base')}
        ${heldOut.map((point) => html`<circle cx=${px(x(point.step))} cy=${px(y(point.loss))} r="3.5" class="held" />`)}`,
    ],
  };
}

const ends = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

const keys = (legend: readonly { readonly kind: string; readonly text: string }[], columns: number): Markup =>
  legend.map(({ kind, text }, i) => {
    const before = columns === 1 ? [] : legend.slice(0, i);
    const left = before.reduce((sum, one) => sum + 6.6 * one.text.length + 52, 0);
    const y = columns === 1 ? 10 + 18 * i : 10;
    return html`<g>
      ${kind === 'held' ? html`<circle cx=${px(left + 12)} cy=${y - 4} r="3.5" class="held" />` : html`<path d="M${px(left)} ${y - 4}h24" class=${kind} />`}
      <text x=${px(left + 30)} y=${y} class="sm">${text}</text>
    </g>`;
  });
