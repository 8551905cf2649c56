/**
 * The checks by name. A test leaves out one at a time and shows that some cheat then passes: every check is needed. No command can leave
 * one out.
 */
export type CheckName =
  | 'edges' // odd shapes, listed in op.ts
  | 'drawn shapes' // shapes drawn from the seed
  | 'truth' // random inputs against the oracle, within a bound
  | 'exact' // integer inputs: no error at all
  | 'earlier' // a call on other bytes comes first
  | 'repeat' // the same bytes give the same bits
  | 'poison' // outputs hold NaN before a call
  | 'noise' // memory is not zero at first
  | 'guards' // no write between tensors
  | 'inputs' // inputs are unchanged after the call
  | 'trajectory' // a short training run
  | 'sketch' // of timed calls: a random projection of every result
  | 'full' // some timed calls against the oracle, chosen afterwards
  | 'canary' // exact rows and columns in ordinary inputs
  | 'steps' // every timed step of an op that carries state, against a fast reference
  | 'late'; // no result changes after it was handed over
