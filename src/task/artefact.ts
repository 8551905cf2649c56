/** What counts of a folder that came back: the attempt's sources, and nothing else. */
import type { Manifest } from './manifest.ts';

/** An attempt as its folder holds it. */
export interface Artefact {
  /** What it is called: the name of its folder. */
  readonly label: string;
  /** Hash of its files, in the order of their paths. */
  readonly hash: string;
  /** `kernels/<op>/attempt.<ending>`, one for each op, and what they import from kernels/common. */
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
  /** Sentences: what else was changed in the folder, which is ignored. */
  readonly ignored: readonly string[];
  /** Why it cannot be judged: no source of an op, a link, a file too large. Null if it can. */
  readonly fault: string | null;
  /** Null if the folder has lost it. */
  readonly manifest: Manifest | null;
}
