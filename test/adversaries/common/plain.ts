/** What the cheats are variations of: a plain sgemm whose steps can be bent. */

import type op from '../../../baselines/sgemm/op.ts';
import type { TensorsOf } from '../../../src/contract/op.ts';

type Dims = Readonly<Record<'M' | 'N' | 'K' | 'lda' | 'ldb' | 'ldc' | 'transA' | 'transB', number>>;

export interface Bend {
  /** Applied to each element that is read. */
  readonly read?: (value: number) => number;
  /** The number of terms summed, of K. */
  readonly terms?: (K: number) => number;
  /** From one term to the next. */
  readonly step?: number;
  /** Applied to each result before it is stored. */
  readonly write?: (value: number) => number;
}

export function gemm(d: Dims, alpha: number, beta: number, { A, B, C }: TensorsOf<typeof op>, bend: Bend = {}): void {
  const { read = (x) => x, terms = (K) => K, step = 1, write = (x) => x } = bend;
  const [aRow, aCol] = d.transA ? [1, d.lda] : [d.lda, 1];
  const [bRow, bCol] = d.transB ? [1, d.ldb] : [d.ldb, 1];
  const used = terms(d.K);
  const sums = new Float64Array(d.N);
  for (let i = 0; i < d.M; i++) {
    sums.fill(0);
    for (let k = 0; k < used; k += step) {
      const a = read(A[i * aRow + k * aCol]);
      for (let j = 0; j < d.N; j++) sums[j] += a * read(B[k * bRow + j * bCol]);
    }
    for (let j = 0; j < d.N; j++) {
      C[i * d.ldc + j] = write(alpha * sums[j] + (beta === 0 ? 0 : beta * C[i * d.ldc + j]));
    }
  }
}
