/**
 * One parallel region: shares of a range by thread number, and a barrier of two words that the harness has zeroed.
 *
 * Needs    all threads of the call to come to each barrier, in the same order.
 * Expects  a hand-off of less than a microsecond while every thread has a core; a thread that has spun too long sleeps.
 */

/** Some tens of microseconds: longer than most imbalances between barriers, shorter than a slice of the scheduler. */
const SPINS: i32 = 20000;

/** Start of thread tid's share of 0..n-1, a multiple of `unit`; its end is the start of tid + 1. */
export function share(n: i32, unit: i32, tid: i32, nthreads: i32): i32 {
  return min(n, ((((n + unit - 1) / unit) * tid) / nthreads) * unit);
}

/**
 * How many threads an op is worth that little more than moves bytes. What the caller has just written lies in the cache of its
 * core; other cores fetch it from there at a fraction of that cache's speed, so that a second thread pays beyond some
 * megabytes only: `node bench/bandwidth.ts` shows it.
 */
export function workers(nthreads: i32, bytes: i32): i32 {
  return min(nthreads, 1 + (bytes >> 21));
}

/** Word 0 counts arrivals, word 64 counts barriers passed; on cache lines of their own. */
export function barrier(at: usize, nthreads: i32): void {
  if (nthreads == 1) return;
  const passed = atomic.load<i32>(at, 64);
  if (atomic.add<i32>(at, 1) == nthreads - 1) {
    atomic.store<i32>(at, 0);
    atomic.store<i32>(at, passed + 1, 64);
    atomic.notify(at + 64);
    return;
  }
  for (let spin = 0; atomic.load<i32>(at, 64) == passed; spin++) {
    if (spin > SPINS) atomic.wait<i32>(at + 64, passed, -1);
  }
}
