/** The state of long work. */
export interface Progress {
  /** The op that it works on. */
  readonly op?: string;
  /** Off a terminal, each change of op and stage is a line. */
  readonly stage: string;
  /** A round's case, a candidate or a count within the stage. Off a terminal it is shown now and then. */
  readonly detail?: string;
}

export type OnProgress = (progress: Progress) => void;
