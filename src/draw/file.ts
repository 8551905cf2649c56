/** A drawing as a file of its own, which any viewer of SVG shows: light colours, no variables, no script. */
import type { Drawing } from './chart.ts';
import { html, renderAlone, verbatim } from './markup.ts';

/** The rules of style/*.css that its marks need, with the light colours of colours.css. */
const look = `
text { font: 13px "Helvetica Neue", Arial, "Liberation Sans", sans-serif; fill: #1b1d21 }
.title { font-size: 15px; font-weight: 700 }
.sm, .tick, .dim { font-size: 12px }
.tick, .dim { fill: #5b616b }
line { stroke: #8a9099 }
.grid { stroke: #e3e5e9 }
.curve { fill: none; stroke-width: 2.4 }
.curve.us, .losses { stroke: #0072b2 }
.curve.base { stroke: #1b1d21; stroke-width: 1.3; stroke-dasharray: 5 4 }
.curve.held { stroke: #d55e00; stroke-width: 1 }
circle.held { fill: #d55e00 }
.losses { fill: none; stroke-opacity: 0.3; stroke-width: 2; stroke-linecap: round }
`;

const [width, margin, head] = [760, 20, 34];

export function svgFile(title: string, draw: (width: number) => Drawing): string {
  const { height, marks } = draw(width);
  const [w, h] = [width + 2 * margin, height + head + 2 * margin];
  return `${renderAlone(html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width=${w} height=${h} role="img" aria-label=${title}>
    ${verbatim('style', look)}
    <rect width=${w} height=${h} fill="#fff" />
    <text x=${margin} y=${margin + 12} class="title">${title}</text>
    <g transform="translate(${margin} ${margin + head})">${marks}</g>
  </svg>`)}\n`;
}
