/**
 * overall = 1 / (1 - share + share / speedup)        the speedup of the whole if a part that takes `share` has `speedup`
 *
 * Source   Amdahl 1967, AFIPS spring joint computer conference.
 */

export const amdahl = (share: number, speedup: number): number => 1 / (1 - share + share / speedup);
