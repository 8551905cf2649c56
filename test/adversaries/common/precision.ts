/** Values as shorter formats hold them, rounded to nearest. */
const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** With so many of the 23 explicit bits of the mantissa. */
function rounded(x: number, bits: number): number {
  float[0] = x;
  word[0] = (word[0] + (1 << (22 - bits))) & -(1 << (23 - bits));
  return float[0];
}

export const bf16 = (x: number): number => rounded(x, 7);
export const tf32 = (x: number): number => rounded(x, 10);
export const twentyBits = (x: number): number => rounded(x, 19);
export const eighteenBits = (x: number): number => rounded(x, 17);
export const sixteenBits = (x: number): number => rounded(x, 15);

/** Ten bits as well, and from 2^-14 down steps of 2^-24. */
export function fp16(x: number): number {
  if (Math.abs(x) < 2 ** -14) return Math.round(x * 2 ** 24) / 2 ** 24;
  return Math.abs(x) < 65520 ? rounded(x, 10) : Math.sign(x) * Number.POSITIVE_INFINITY;
}
