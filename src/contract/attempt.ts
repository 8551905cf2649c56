/** The value of `work`, or `fallback` if it throws: for facts that not every system has, and for work whose failure does no harm. */
export function attempt<T, F = undefined>(work: () => T, fallback?: F): T | F {
  try {
    return work();
  } catch {
    return fallback as F;
  }
}
