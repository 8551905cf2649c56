/** Drawings as a file of their own, in light colours, which any viewer of SVG shows. */
import { wrapped } from '../report/width.ts';
import type { Drawing } from './chart.ts';
import { html, renderAlone, verbatim } from './markup.ts';
import { plainStyles } from './styles.ts';

const [width, margin, line] = [760, 20, 22];
/** Characters of a line of the title, and of what stands below. */
const [ofTitle, ofSource] = [84, 116];

const linesOf = (text: string, most: number) => (text === '' ? [] : wrapped(text, most, '').split('\n'));

/** One below the other. `source`: what a reader needs to find the numbers again. */
export function svgFile(title: string, draw: (width: number) => readonly Drawing[], source = ''): string {
  const drawings = draw(width);
  const [head, foot] = [linesOf(title, ofTitle), linesOf(source, ofSource)];
  const tops = drawings.map((_, i) => drawings.slice(0, i).reduce((sum, { height }) => sum + height + margin, 0));
  const from = margin + line * head.length + 8;
  const to = from + drawings.reduce((sum, { height }) => sum + height + margin, 0);
  const [w, h] = [width + 2 * margin, to + 18 * foot.length + margin / 2];
  return `${renderAlone(html`<svg xmlns="http://www.w3.org/2000/svg" class="file" viewBox="0 0 ${w} ${h}" width=${w} height=${h} role="img" aria-label=${title}>
    ${verbatim('style', plainStyles())}
    <rect width=${w} height=${h} class="mask" />
    ${head.map((text, i) => html`<text x=${margin} y=${margin + 12 + line * i} class="title">${text}</text>`)}
    ${drawings.map(({ marks }, i) => html`<g transform="translate(${margin} ${from + tops[i]})">${marks}</g>`)}
    ${foot.map((text, i) => html`<text x=${margin} y=${to + 12 + 18 * i} class="dim">${text}</text>`)}
  </svg>`)}\n`;
}
