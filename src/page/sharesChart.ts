/** Two bars of one width, a step each, with a ribbon from each part to itself. Parts too small for their name have it below, on a leader. */

import { type Drawing, isNarrow, px } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { times, whole } from '../draw/words.ts';
import { duration } from '../report/format.ts';
import { percent } from '../report/parts.ts';
import type { Piece } from './pieces.ts';

interface Step {
  readonly stepNs: number;
}

interface Segment {
  readonly piece: Piece;
  /** Of the style sheet; that of the rest is always the last. */
  readonly colour: string;
  readonly share: number;
  readonly from: number;
  readonly to: number;
}

/** Pixels that a character of a label takes, and the room around it. */
const [letter, room] = [6.9, 16];
const lineHeight = 20;
const maxName = 34;

export function drawShares(
  width: number,
  pieces: readonly Piece[],
  { baseline, candidate }: { readonly baseline: Step; readonly candidate: Step },
): Drawing {
  const narrow = isNarrow(width);
  const [thick, gap, top] = narrow ? [40, 66, 44] : [46, 64, 44];
  const upper = segments(pieces, 'baseline', width - 2);
  const lower = segments(pieces, 'candidate', width - 2);
  const isMarked = lower.length > 0;
  const below = isMarked ? top + thick + gap : top;
  const last = isMarked ? lower : upper;
  const head = (y: number, name: Markup, text: string) =>
    html`<text x="0" y=${y} class="lab halo">${name}<tspan class="dim" dx="7">${text}</tspan></text>`;
  const speedup = `one step: ${duration(candidate.stepNs)}; ${times(baseline.stepNs / candidate.stepNs)} as fast`;
  const small = last.filter((one) => nameIn(one) === null);
  const fan = fanned(small, below + thick, width);
  const scale = chip(baseline, candidate, width, narrow || fan.left < 200 ? fan.bottom + 10 : below + thick + 24);
  return {
    height: Math.max(fan.bottom, scale.bottom),
    marks: [
      lower.map((one, i) => ribbon(upper[i], one, top + thick, below)),
      head(
        32,
        html`<tspan class="b">Baseline</tspan>`,
        `one step: ${duration(baseline.stepNs)}${isMarked ? '' : `; the candidate’s ${speedup}`}`,
      ),
      isMarked ? head(below - 12, html`<tspan class="b us">Candidate</tspan>`, speedup) : null,
      upper.map((one) => bar(one, top, thick)),
      lower.map((one) => bar(one, below, thick)),
      fan.marks,
      scale.marks,
    ],
  };
}

/** Of their sum, so that shares of any file fill the bar. None if the side is not known. */
function segments(pieces: readonly Piece[], side: 'baseline' | 'candidate', width: number): Segment[] {
  const known = pieces.map((piece) => Math.max(0, piece[side]?.share ?? 0));
  const sum = known.reduce((total, share) => total + share, 0);
  if (sum === 0) return [];
  const ends = known.map((_, i) => (width * known.slice(0, i + 1).reduce((total, share) => total + share, 0)) / sum);
  return pieces.map((piece, i) => ({
    ...{ piece, share: known[i], from: ends[i - 1] ?? 0, to: ends[i] },
    colour: `s${piece.ops.length === 0 ? 7 : i}`,
  }));
}

/** The name or a shorter form of it, whichever fits; null if neither does. */
function nameIn({ piece, from, to }: Segment): string | null {
  const forms = [piece.name, piece.name.replace(/_forward$/, ' fwd').replace(/_backward$/, ' bwd')];
  return forms.find((name) => letter * name.length + room <= to - from) ?? null;
}

function bar(one: Segment, y: number, thick: number): Markup {
  const { from, to, colour, share } = one;
  const name = nameIn(one);
  const text = whole(share);
  const fits = letter * text.length + room <= to - from;
  const label = (at: number, content: string, more = '') =>
    html`<text x=${px(from + 8)} y=${y + at} class="inseg on-${colour} ${more}">${content}</text>`;
  return html`<rect x=${px(from)} y=${y} width=${px(to - from)} height=${thick} class="seg ${colour}" />
    ${name !== null && label(18, name)}
    ${fits && label(name === null ? thick / 2 + 5 : 35, text, 'b')}`;
}

const ribbon = (a: Segment, b: Segment, top: number, bottom: number): Markup =>
  html`<path d="M${px(a.from)} ${top}L${px(a.to)} ${top}L${px(b.to)} ${bottom}L${px(b.from)} ${bottom}Z" class="flow ${a.colour}" />`;

/** Labels left of their leaders, so that none crosses another; where there is no room for that, a list with colours. */
function fanned(small: readonly Segment[], y: number, width: number) {
  const labels = small.map(({ piece }) => {
    const name = piece.name.length > maxName ? `${piece.name.slice(0, maxName - 1)}…` : piece.name;
    const [before, after] = [piece.baseline, piece.candidate].map((amount) => amount && percent(amount.share));
    return { name, before: after ? `${before?.slice(0, -2)} → ` : '', last: after ?? before ?? '' };
  });
  const longest = Math.max(
    0,
    ...labels.map(({ name, before, last }) => 6.6 * (name.length + before.length + last.length) + 12),
  );
  const edge = Math.min(...small.map(({ from, to }) => (from + to) / 2)) - 12;
  const hasRoom = edge >= longest + 6;
  const marks = small.map((one, i) => {
    const at = y + 22 + lineHeight * i;
    const middle = px((one.from + one.to) / 2);
    const { name, before, last } = labels[i];
    const text = html`<tspan>${name}</tspan>${before && html`<tspan class="dim" dx="7">${before}</tspan>`}<tspan class="b" dx=${before ? 0 : 7}>${last}</tspan>`;
    if (!hasRoom)
      return html`<rect x="0" y=${at - 10} width="12" height="12" class=${one.colour} /><text x="18" y=${at} class="lab sm">${text}</text>`;
    return html`<path d="M${middle} ${y + 1}V${at - 4}H${px(edge)}" class="leader" />
      <text x=${px(edge - 6)} y=${at} text-anchor="end" class="lab sm">${text}</text>`;
  });
  const bottom = y + (small.length > 0 ? 8 + lineHeight * small.length : 0);
  return { marks, bottom, left: small.length === 0 ? width : hasRoom ? edge - longest : 0 };
}

/** The shorter step at the scale of the longer, which bars of one width hide. */
function chip(baseline: Step, candidate: Step, width: number, y: number) {
  const ratio = candidate.stepNs / baseline.stepNs;
  const isFaster = ratio <= 1;
  const length = Math.max(1, (width - 2) * (isFaster ? ratio : 1 / ratio));
  const [own, other] = isFaster ? ['The candidate’s', 'the baseline’s'] : ['The baseline’s', 'the candidate’s'];
  const lines = [`${own} step`, `at ${other} scale`];
  const isBeside = length < 160;
  const text = lines.map(
    (line, i) =>
      html`<text x=${isBeside ? px(length + 8) : 0} y=${y + (isBeside ? 10 : 40) + 15 * i} class="lab sm">${line}</text>`,
  );
  const marks = [html`<rect x="0" y=${y} width=${px(length)} height="24" class="chip ${isFaster && 'us'}" />`, text];
  return { marks, bottom: y + (isBeside ? 30 : 60) };
}
