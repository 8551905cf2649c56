/**
 * The checks by name. A test leaves one out and shows that some cheat then gets through, so that no check is decoration; no
 * command can leave one out.
 *
 *   edges, drawn shapes   odd shapes, listed and drawn from the seed          exact         integer inputs: no error at all
 *   truth                 random inputs against the oracle, within a bound    poison        outputs hold NaN before a call
 *   earlier               a call on other bytes comes first                   noise         memory is not zero at first
 *   repeat                same bytes, same bits                               guards        nothing written between tensors
 *   trajectory            a short training run                                inputs        inputs are as they were
 * and of timed calls
 *   sketch                a random projection of every result                 full          a tenth against the oracle
 *   canary                exact rows and columns in ordinary inputs           carried       a step from a carried state
 *   late                  a result changes after it was handed over
 */
export const checkNames = [
  'edges',
  'drawn shapes',
  'truth',
  'exact',
  'earlier',
  'repeat',
  'poison',
  'noise',
  'guards',
  'inputs',
  'trajectory',
  'sketch',
  'full',
  'canary',
  'carried',
  'late',
] as const;

export type CheckName = (typeof checkNames)[number];
