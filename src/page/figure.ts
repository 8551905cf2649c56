/** A section's charts as a drawing of its own, for a paper or a README. */
import type { VNode } from 'preact';
import { exit, NfoldError } from '../contract/errors.ts';
import type { Drawing } from '../draw/chart.ts';
import { svgFile } from '../draw/file.ts';
import { html, type Markup } from '../draw/markup.ts';
import { type Found, foundIn, kicker } from './page.ts';
import type { Subject } from './subject.ts';

type Element = VNode<{ readonly class?: string; readonly height?: number; readonly children?: Markup }>;

const isElement = (markup: Markup): markup is Element =>
  typeof markup === 'object' && markup !== null && !Array.isArray(markup);

/** SVG as text. `id`: the anchor of the section. Throws NfoldError if the page has no charts there. */
export function figureOf(subject: Subject, id: string, { below }: Found = foundIn(subject)): string {
  const drawn = below
    .map(({ body, ...section }) => ({ ...section, drawings: drawingsIn(body) }))
    .filter(({ drawings }) => drawings.some(({ height }) => height > headHeight));
  const found = drawn.find((section) => section.id === id);
  if (!found)
    throw new NfoldError(
      `The page has no charts called '${id}': it has ${drawn.map((section) => section.id).join(', ') || 'none'}.`,
      exit.usage,
      { code: 'unknown-name' },
    );
  const records = [...new Set(subject.views.map(({ record }) => record.id))].join(', ');
  return svgFile(found.title, () => found.drawings, `nfold: ${kicker(subject)}; record ${records}`);
}

/** Pixels of the head of a panel, beside what divides it from the next. */
const headHeight = 4;

/** The wide charts of a section with the heads of their panels; not those that are folded. */
function drawingsIn(markup: Markup): Drawing[] {
  if (Array.isArray(markup)) return markup.flatMap(drawingsIn);
  if (!isElement(markup) || markup.type === 'details' || markup.type === 'table') return [];
  const { class: name, height, children } = markup.props;
  if (markup.type === 'h3')
    return [{ height: headHeight, marks: html`<text y="12" class="grp">${textIn(markup)}</text>` }];
  if (markup.type === 'svg' && name === 'wide') return [{ height: height ?? 0, marks: children ?? null }];
  return drawingsIn(children ?? null);
}

function textIn(markup: Markup): string {
  if (Array.isArray(markup)) return markup.map(textIn).join('');
  return isElement(markup) ? textIn(markup.props.children ?? '') : `${markup || ''}`;
}
