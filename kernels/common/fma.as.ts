/**
 * a b + c, four lanes.
 *
 * Numerics rounded once, by processors that have the instruction.
 * Needs    relaxed SIMD; none where a candidate says `@global const MULTIPLY_THEN_ADD: bool = true`, for two instructions.
 */
// @ts-ignore: decorator
@inline export function fma(a: v128, b: v128, c: v128): v128 {
  if (isDefined(MULTIPLY_THEN_ADD)) return f32x4.add(f32x4.mul(a, b), c);
  return f32x4.relaxed_madd(a, b, c);
}
