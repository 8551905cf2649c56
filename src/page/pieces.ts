/** The parts of a step as a picture can show them: few enough to be named, large ones alone, the rest last. */
import { nameOf, type Part, sumOf } from '../report/parts.ts';

export interface Piece extends Part {
  readonly name: string;
}

/** A share from which a part stands alone, on either side. */
const large = 0.1;
/** Without the rest. Colours tell them apart. */
const maxPieces = 7;

const most = ({ baseline, candidate }: Part) => Math.max(baseline.share, candidate?.share ?? 0);

const stemsOf = (ops: readonly string[]) => [...new Set(ops.map((op) => op.replace(/_(forward|backward)$/, '')))];

const short = (stem: string) => stem.replace('crossentropy_softmax', 'cross-entropy');

/** The most of the baseline first. Passes of an op are one piece unless they are large, and the smallest pieces are one. */
export function piecesOf(parts: readonly Part[]): Piece[] {
  const [rest, named] = [false, true].map((isNamed) => parts.filter(({ ops }) => ops.length > 0 === isNamed));
  const [alone, small] = [true, false].map((isLarge) => named.filter((part) => most(part) >= large === isLarge));
  const joined = small.reduce<readonly Part[]>((groups, part) => {
    const shares = ({ ops }: Part) => stemsOf(ops).some((stem) => stemsOf(part.ops).includes(stem));
    return [...groups.filter((group) => !shares(group)), joinedOf([...groups.filter(shares), part])];
  }, []);
  const ranked = [...alone, ...joined].sort((a, b) => most(b) - most(a));
  const kept = ranked.length > maxPieces ? ranked.slice(0, maxPieces - 1) : ranked;
  const last = ranked.slice(kept.length);
  const shown = [...kept, ...(last.length > 0 ? [joinedOf(last)] : [])].sort(
    (a, b) => b.baseline.share - a.baseline.share,
  );
  return [...shown, ...rest].map((part) => ({
    ...part,
    name: alone.includes(part) || part.ops.length === 0 ? nameOf(part.ops) : stemsOf(part.ops).map(short).join(', '),
  }));
}

function joinedOf(parts: readonly Part[]): Part {
  const told = parts.flatMap(({ candidate }) => candidate ?? []);
  return {
    ops: parts.flatMap(({ ops }) => ops),
    baseline: sumOf(parts.map(({ baseline }) => baseline)),
    candidate: told.length > 0 ? sumOf(told) : null,
  };
}

/** What a title calls it: both passes of an op are the same. */
export function family({ ops }: Part): string {
  const stems = stemsOf(ops).map((stem) => (stem === 'matmul' ? 'matrix products' : short(stem)));
  return stems.length === 0 ? 'the rest' : stems.length > 2 ? `a group of ${stems.length} ops` : stems.join(' and ');
}
