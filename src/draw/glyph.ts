/** Outlines of marks, as path data, so that many marks are one path. */
const glyphs = {
  circle: (r: number) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  diamond: (r: number) => `m${-r} 0l${r} ${-r}l${r} ${r}l${-r} ${r}z`,
  square: (r: number) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  right: (r: number) => `m${-r} ${-r}l${2 * r} ${r}l${-2 * r} ${r}z`,
  left: (r: number) => `m${r} ${-r}l${-2 * r} ${r}l${2 * r} ${r}z`,
  cross: (r: number) => `m${-r} ${-r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
} as const;

export type Shape = keyof typeof glyphs;

/** In pixels; `r` is half of its width. */
export const glyph = (shape: Shape, x: number, y: number, r: number): string => `M${x} ${y}${glyphs[shape](r)}`;
