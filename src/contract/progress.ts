/** What long work is at. */
export interface Progress {
  /** What it works on: most often an op. */
  readonly op?: string;
  /** Off a terminal, each change of op and stage is a line. */
  readonly stage: string;
  /** What changes within a stage: a round's case, a candidate, a count. Only a terminal shows it. */
  readonly detail?: string;
}

export type OnProgress = (progress: Progress) => void;
