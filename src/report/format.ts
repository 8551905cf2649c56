/** Numbers and words as every report shows them. */
import pc from 'picocolors';

/** `31.4x`: three digits carry what was measured. */
export function multiple(value: number | null): string {
  return value === null ? '-' : `${digits(value)}x`;
}

export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function interval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? '' : `[${digits(low)}, ${digits(high)}]`;
}

export function duration(ns: number | null): string {
  if (ns === null) return '-';
  if (ns >= 1e9) return `${(ns / 1e9).toPrecision(3)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e3).toPrecision(3)} us`;
}

/** Flags as a table has room for them. */
export function shortFlags(flags: readonly string[]): string {
  return flags.map((flag) => flag.replace(/^--(experimental-)?(wasm-)?/, '')).join(' ') || '-';
}

export function verdictMark(verdict: string): string {
  return verdict === 'pass' ? pc.green('pass') : pc.red(verdict);
}

/** The least and the greatest of some rates, `7.1..16.4`. */
export function range(values: readonly number[]): string {
  return values.length > 0 ? `${digits(Math.min(...values))}..${digits(Math.max(...values))}` : '-';
}

/** What a generator's code was made with: `MR 6 NR 16 split N`. */
export function parametersText(parameters: Readonly<Record<string, number | string>>): string {
  return Object.entries(parameters)
    .map((pair) => pair.join(' '))
    .join(' ');
}
