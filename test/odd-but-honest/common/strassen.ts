/**
 * Strassen's product of matrices: seven half-sized products in place of eight, one level after another.
 *
 * Shapes   A (M,K), B (K,N), C (M,N), row-major and dense; each side a multiple of 2^levels.
 * Numerics those of its inputs, f32 or f64. Blocks are added before they are multiplied, so that the error of an element is a share of what is large in A and B,
 *          not of its own row and column.
 * Source   Strassen 1969, Gaussian elimination is not optimal; Higham 2002, chapter 23, for its error.
 */

/** Of each product: how the quarters of A and of B enter it, and how it enters the quarters of C; 11, 12, 21, 22. */
const products = [
  { a: [1, 0, 0, 1], b: [1, 0, 0, 1], c: [1, 0, 0, 1] },
  { a: [0, 0, 1, 1], b: [1, 0, 0, 0], c: [0, 0, 1, -1] },
  { a: [1, 0, 0, 0], b: [0, 1, 0, -1], c: [0, 1, 0, 1] },
  { a: [0, 0, 0, 1], b: [-1, 0, 1, 0], c: [1, 0, 1, 0] },
  { a: [1, 1, 0, 0], b: [0, 0, 0, 1], c: [-1, 1, 0, 0] },
  { a: [-1, 0, 1, 0], b: [1, 1, 0, 0], c: [0, 0, 0, 1] },
  { a: [0, 1, 0, -1], b: [0, 0, 1, 1], c: [1, 0, 0, 0] },
];

export function strassen<X extends Float32Array | Float64Array>(
  A: X,
  B: X,
  M: number,
  N: number,
  K: number,
  levels: number,
): X {
  const C = alike(A, M * N);
  if (levels === 0) {
    for (let i = 0; i < M; i++) {
      for (let k = 0; k < K; k++) for (let j = 0; j < N; j++) C[i * N + j] += A[i * K + k] * B[k * N + j];
    }
    return C;
  }
  for (const { a, b, c } of products) {
    const part = strassen(quarters(A, M, K, a), quarters(B, K, N, b), M / 2, N / 2, K / 2, levels - 1);
    eachQuarter(M, N, (q, from, at) => {
      C[from] += c[q] * part[at];
    });
  }
  return C;
}

const alike = <X extends Float32Array | Float64Array>(X: X, length: number): X =>
  (X instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)) as X;

/** The sum of the quarters of X, times their signs. */
function quarters<X extends Float32Array | Float64Array>(
  X: X,
  rows: number,
  cols: number,
  signs: readonly number[],
): X {
  const sum = alike(X, (rows * cols) / 4);
  eachQuarter(rows, cols, (q, from, at) => {
    sum[at] += signs[q] * X[from];
  });
  return sum;
}

function eachQuarter(rows: number, cols: number, visit: (quarter: number, from: number, at: number) => void): void {
  const [r, c] = [rows / 2, cols / 2];
  for (let q = 0; q < 4; q++) {
    const corner = (q >> 1) * r * cols + (q & 1) * c;
    for (let i = 0; i < r; i++) for (let j = 0; j < c; j++) visit(q, corner + i * cols + j, i * c + j);
  }
}
