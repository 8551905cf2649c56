/** Curves on a terminal. */
import { type PlotConfig, plot } from 'asciichart';
import { marked } from './screen.ts';

/**
 * asciichart counts from the least to the greatest value in steps of a line, which never ends where a step is lost in rounding: six digits
 * carry all that a line shows, and no curve is above 1e15.
 */
export function chart(series: readonly (readonly number[])[], config: PlotConfig): string {
  const rounded = series.map((values) => values.map((value) => Number(Math.min(value, 1e15).toPrecision(6))));
  return marked(plot(rounded, config));
}
