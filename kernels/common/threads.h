/**
 * One parallel region: shares of a range by thread number, and a barrier of two words that nfold has zeroed.
 *
 * Needs    all threads of the call to come to each barrier, in the same order.
 * Expects  a hand-off of less than a microsecond while every thread has a core; a thread that has spun too long sleeps.
 */
#pragma once

/** Start of thread tid's share of 0..n-1, a multiple of `unit`; its end is the start of tid + 1. */
static inline int share(int n, int unit, int tid, int nthreads) {
  int start = (int)((long long)((n + unit - 1) / unit) * tid / nthreads) * unit;
  return start < n ? start : n;
}

/** Some tens of microseconds: longer than most imbalances between barriers, shorter than a slice of the scheduler. */
#define SPINS 20000

/** Word 0 counts arrivals, word 16 counts barriers passed: on cache lines of their own. */
static inline void barrier(int *at, int nthreads) {
  if (nthreads == 1) return;
  int *count = at + 16;
  int passed = __atomic_load_n(count, __ATOMIC_SEQ_CST);
  if (__atomic_fetch_add(at, 1, __ATOMIC_SEQ_CST) == nthreads - 1) {
    __atomic_store_n(at, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(count, passed + 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(count, -1);
    return;
  }
  for (int spin = 0; __atomic_load_n(count, __ATOMIC_SEQ_CST) == passed; spin++)
    if (spin > SPINS) __builtin_wasm_memory_atomic_wait32(count, passed, -1);
}
