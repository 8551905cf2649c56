/** The value of `work`, or `fallback` if it throws: for facts that not every system has, and for work that may fail without harm. */
export function attempt<T, F = undefined>(work: () => T, fallback?: F): T | F {
  try {
    return work();
  } catch {
    return fallback as F;
  }
}
