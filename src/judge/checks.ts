/**
 * The checks by name. A test leaves out one at a time and shows that some cheat then passes: every check is needed. No command can leave
 * one out.
 */
export type CheckName =
  /** Odd shapes, listed in op.ts. */
  | 'edges'
  /** Shapes drawn from the seed. */
  | 'drawn shapes'
  /** Random inputs against the oracle, within a bound. */
  | 'truth'
  /** Integer inputs: no error at all. */
  | 'exact'
  /** A call on other bytes comes first. */
  | 'earlier'
  /** The same bytes give the same bits. */
  | 'repeat'
  /** Outputs hold NaN before a call. */
  | 'poison'
  /** Memory is not zero at first. */
  | 'noise'
  /** No write between tensors. */
  | 'guards'
  /** Inputs are unchanged after the call. */
  | 'inputs'
  /** A short training run. */
  | 'trajectory'
  /** Of timed calls: a random projection of every result. */
  | 'sketch'
  /** At least a tenth of timed calls against the oracle. */
  | 'full'
  /** Exact rows and columns in ordinary inputs. */
  | 'canary'
  /** A timed step from the state that the step before left. */
  | 'carried'
  /** No result changes after it was handed over. */
  | 'late';
