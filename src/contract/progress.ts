/** The state of long work. */
export interface Progress {
  /** The op that it works on. */
  readonly op?: string;
  /** What it does, such as `building`. Off a terminal, the command line prints each change of op and stage. */
  readonly stage: string;
  /** A round's case, a candidate or a count within the stage. Off a terminal, the command line shows it now and then. */
  readonly detail?: string;
}

/** Is called at each change of the state. */
export type OnProgress = (progress: Progress) => void;
