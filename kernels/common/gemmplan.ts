/**
 * What a gemm of one shape and one choice of parameters comes down to: numbers that its code is then written with.
 *
 * Rows are cut into heights that differ by one at most near the end, so that 7 rows are 4 and 3. The last columns, fewer than NR,
 * are packed in rows of whole pairs of vectors and computed in a tile of scratch.
 */
import type { CacheBytes } from 'nfold/contract';
import { stepsOf } from './steps.ts';

export const dimNames = ['M', 'N', 'K', 'lda', 'ldb', 'ldc', 'transA', 'transB'] as const;
export type Shape = Readonly<Record<(typeof dimNames)[number], number>>;

/** Register tile MR x NR (NR a multiple of 8), cache blocks MC, NC, KC. */
export type Blocking = Readonly<Record<'MR' | 'NR' | 'MC' | 'NC' | 'KC', number>> & {
  /** Steps of k to a turn of the inner loop. */
  readonly unroll: number;
  /** 1 to pack, 0 to read the operand where it lies; a transposed B is always packed. */
  readonly packA: number;
  readonly packB: number;
  /** What the threads share out: rows ('M') or columns ('N'). */
  readonly split: string;
  /** The loop outside: down the rows ('M': a panel of A stays in L1) or along the columns ('N': a panel of B does). */
  readonly order: string;
};

/** Values that a tuner may try in place of the choice below. */
export const tunable = {
  MR: [4, 5, 6],
  MC: [64, 128, 256, 512],
  NC: [64, 128, 256, 512, 1024],
  KC: [128, 192, 256, 384, 512, 1024],
  unroll: [1, 2, 4, 8],
  packA: [0, 1],
  packB: [0, 1],
  split: ['M', 'N'],
  order: ['M', 'N'],
};

/**
 * Parameters by shape. What is packed is split among the threads by its own side, so that each packs what it needs and none
 * waits.
 *
 *   A and B in L1    columns outside, B as it lies: a thread fetches all of A, whose rows are streams, and its own columns of B
 *   B as it lies     rows outside: MR rows of A in L1, passed by all of B, which L2 holds
 *   B transposed     the same by panels, packed NC columns at a time before the rows pass
 *   B packed else    columns outside: MC rows of A in L2, passed by one panel after the other from L3; the first tile of each
 *                    packs it, and so packing takes no time of its own
 */
export function choice(
  { M, N, K, ldb, transA, transB }: Shape,
  { L1, L2, L3 }: CacheBytes,
  MR: number,
  NR: number,
): Blocking {
  // Rows that do not start with a line lie across two, wherever they are read: once in packing, or for every MR rows.
  const across = ldb % 16 !== 0 && M > 128;
  const packB = transA || transB || N > 384 || across ? 1 : 0;
  const common = { MR, NR, unroll: 4, packB, packA: transA && M > 512 ? 1 : 0, split: packB ? 'N' : 'M' };
  // Shares of whole panels are even on 1, 2 and 4 threads.
  const small = !packB && 4 * K * (M + N) <= L1 && N % (4 * NR) === 0;
  // A transposed A has a line of memory for each k, and not for 16 of them: a panel of B that these pass is to stay in half of L1.
  const depth = transA ? L1 / 2 / (4 * NR) : Math.min(K, (0.75 * L1) / (4 * MR));
  const KC = Math.max(32, Math.floor(depth));
  /** So much of `unit` rows or columns, KC deep, as lies in so many bytes. */
  const within = (bytes: number, unit: number) => unit * Math.max(1, Math.floor(bytes / (4 * KC * unit)));
  if (small) return { ...common, split: 'N', order: 'N', MC: M, NC: N, KC };
  return packB && !(transB && !transA)
    ? { ...common, order: 'N', MC: within(L2 / 5, MR), NC: within(transA ? L2 / 2 : L3 / 4, NR), KC }
    : { ...common, order: 'M', MC: MR, NC: within(L2 / 2, NR), KC };
}

/** What the harness zeroes before each call. */
export const syncBytes = 256;

/**
 * Start of a thread's own scratch: alpha and beta for the tiles of the first depth, of later ones, and of the tile in
 * scratch, each followed by whether they are 1 and 0; then a row of zeros.
 */
export const headerAt = { first: 0, later: 16, scratch: 32, zeros: 64 } as const;

export type Plan = ReturnType<typeof planOf>;

export function planOf({ M, N, K, lda, ldb, ldc, transA, transB }: Shape, p: Blocking) {
  const { MR, NR } = p;
  const a = stepsOf(lda, transA);
  const b = stepsOf(ldb, transB);
  const packA = p.packA === 1;
  const packB = p.packB === 1 || transB === 1;

  const blocks = Math.ceil(K / p.KC);
  const kc = Math.min(K, roundUp(Math.ceil(K / Math.max(1, blocks)), p.unroll));
  const full = Math.max(0, Math.ceil(K / Math.max(1, kc)) - 1);
  const kcLast = K - full * kc;
  // As even as can be: 256 rows by at most 204 are 132 and 124, and never 204 and 52.
  const mc = p.order === 'M' ? MR : roundUp(Math.ceil(M / Math.max(1, Math.ceil(M / p.MC))), MR);
  const nc = Math.min(roundUp(p.NC, NR), roundUp(N, NR));
  const tail = N % NR;
  const tailWidth = roundUp(tail, 8);

  // A tile of one pair of vectors has too few sums at 256 bits: it may be twice as high where op(A) is not in panels.
  const tailMR = tailWidth === 8 && NR === 16 && !packA ? 2 * MR : MR;

  const tileAt = headerAt.zeros + 4 * NR;
  const apAt = roundUp(tileAt + 4 * NR * tailMR, 64);
  const bpAt = apAt + (packA ? roundUp(4 * mc * kc, 64) : 0);
  return {
    ...{ M, N, K, MR, NR, a, b, cRow: 4 * ldc, packA, packB, mc, nc, tail, tailWidth, tailMR, tileAt, apAt, bpAt },
    ...{ unroll: p.unroll, splitRows: p.split === 'M', rowsOutside: p.order === 'M' },
    /** Blocks of depth `kc`, then one of `kcLast`, which may be as deep. */
    ...{ full, kc, kcLast, depths: K === 0 ? [] : [...new Set(full > 0 ? [kc, kcLast] : [kcLast])] },
    /** Whether there is a panel of full width. */
    wide: N >= NR,
    /** Whether the first tile of each panel of B packs it: the rows of B run along it, and that tile is surely of full height. */
    packsItself: packB && p.order === 'N' && p.split === 'N' && b.col === 4 && N >= NR && M >= 3 * MR,
    heights: heightsTo(Math.min(MR, M)),
    tailHeights: heightsTo(Math.min(tailMR, M)),
    /** Bytes from one panel of B to the next, of a given depth. */
    nextPanel: (depth: number) => (packB ? 4 * NR * depth : NR * b.col),
    ownBytes: bpAt + roundUp(4 * kc * (packB ? nc : tailWidth), 64),
  };
}

const heightsTo = (most: number): number[] => Array.from({ length: most }, (_, i) => most - i);
const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;
