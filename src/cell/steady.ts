/** When a warm-up is over: the last ten calls took the same time, within a coefficient of variation of 2 %. */
const calls = 10;
const maxVariation = 0.02;

export function isSteady(timeNs: readonly number[]): boolean {
  if (timeNs.length < calls) return false;
  const last = timeNs.slice(-calls);
  const mean = last.reduce((sum, ns) => sum + ns, 0) / calls;
  const variance = last.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / (calls - 1);
  return Math.sqrt(variance) <= maxVariation * mean;
}
