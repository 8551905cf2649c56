/** Where the elements of op(X) lie: X row-major with rows `ld` floats apart, as it is or transposed. */

/** Bytes from op(X)[i,j] to op(X)[i+1,j], and to op(X)[i,j+1]. */
export interface Steps {
  readonly row: number;
  readonly col: number;
}

export function stepsOf(ld: number, transposed: number): Steps {
  return transposed ? { row: 4, col: 4 * ld } : { row: 4 * ld, col: 4 };
}
