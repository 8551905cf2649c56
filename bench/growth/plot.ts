/** Draws the share of peak over C and over T, a line a candidate. */
import { scaleLinear, scaleLog } from 'd3-scale';
import type { Model } from '../../baselines/models.ts';
import { counted } from '../../src/contract/words.ts';
import { type Drawing, px } from '../../src/draw/chart.ts';
import { svgFile } from '../../src/draw/file.ts';
import { html, type Markup } from '../../src/draw/markup.ts';
import { byC, byT } from './models.ts';
import { flagsText, percentAt, type Subject, shortId } from './report.ts';

/** Classes of the style sheets, of lines and of points. */
const looks = [
  { line: 'us', point: 'us' },
  { line: 'base', point: 'cand' },
  { line: 'held', point: 'held' },
] as const;
const [left, top, height] = [44, 30, 230];

export function svgGrowth(subjects: readonly Subject[], source: string): string {
  const title = 'A training step’s share of the measured peak, as the model grows';
  return svgFile(
    title,
    (width) => [
      legend(subjects),
      panel(width, subjects, { over: 'C', models: byC, fixed: 'B4T64L2V256, heads of 32' }),
      panel(width, subjects, { over: 'T', models: byT, fixed: 'L2C128NH4V256, B = 256 / T and at least 1' }),
    ],
    source,
  );
}

interface Panel {
  readonly over: 'C' | 'T';
  readonly models: readonly Model[];
  /** What the models have in common. */
  readonly fixed: string;
}

function panel(width: number, subjects: readonly Subject[], { over, models, fixed }: Panel): Drawing {
  const sizes = models.map((dims) => dims[over]);
  const bottom = top + height;
  const x = scaleLog([sizes[0], sizes[sizes.length - 1]], [left + 12, width - 24]).base(2);
  const y = scaleLinear([0, 100], [bottom, top]);
  const lines = subjects.map((subject, i) => {
    const look = looks[i % looks.length];
    const points = models.map((dims) => {
      const percent = percentAt(subject, dims);
      return percent === null ? null : ([px(x(dims[over])), px(y(Math.min(100, percent)))] as const);
    });
    // A line has a gap where a model has no number.
    const path = points.map((point, i) => point && `${points[i - 1] ? 'L' : 'M'}${point.join(' ')}`);
    const known = points.filter((point) => point !== null);
    return html`<g>
      <path d=${path.join('')} class="curve ${look.line}" />
      ${known.map(([a, b]) => html`<circle cx=${a} cy=${b} r="3.5" class=${look.point} />`)}
    </g>`;
  });
  return {
    height: bottom + 42,
    marks: [
      html`<text x="0" y="12" class="grp">Over ${over}</text><text x="64" y="12" class="dim">${fixed}; % of peak</text>`,
      y.ticks(5).map((tick) => {
        const level = px(y(tick));
        return html`<line x1=${left} y1=${level} x2=${width - 12} y2=${level} class="grid" /><text x=${left - 8} y=${level + 4} class="tick" text-anchor="end">${tick}</text>`;
      }),
      sizes.map((size) => {
        const place = px(x(size));
        return html`<line x1=${place} y1=${bottom} x2=${place} y2=${bottom + 5} /><text x=${place} y=${bottom + 19} class="tick" text-anchor="middle">${size}</text>`;
      }),
      lines,
      html`<text x=${width - 12} y=${bottom + 36} class="dim" text-anchor="end">${over}, on a scale of base 2</text>`,
    ],
  };
}

function legend(subjects: readonly Subject[]): Drawing {
  const marks: Markup = subjects.map((subject, i) => {
    const look = looks[i % looks.length];
    const y = 10 + 18 * i;
    return html`<g>
      <path d="M0 ${y - 4}h24" class="curve ${look.line}" /><circle cx="12" cy=${y - 4} r="3.5" class=${look.point} />
      <text x="32" y=${y} class="sm">${shortId(subject)}, ${counted(subject.threads, 'thread')}, ${flagsText(subject)}</text>
    </g>`;
  });
  return { height: 18 * subjects.length, marks };
}
