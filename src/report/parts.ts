/** The parts of a training step: an op, or the ops that a candidate has fused, beside the same ops of the baseline. */

/** The time of these ops together in a step, and its share of the sum; without ops, that of hand-offs and the rest. */
export interface Share {
  readonly ops: readonly string[];
  readonly timeNs: number;
  readonly share: number;
}

export type Amount = Omit<Share, 'ops'>;

export interface Part {
  readonly ops: readonly string[];
  readonly baseline: Amount;
  /** Null if the candidate does not tell. */
  readonly candidate: Amount | null;
}

/** In the order of the step. The baseline's ops are summed into the candidate's group, which stands where the first of them is. */
export function partsOf(baseline: readonly Share[], candidate: readonly Share[] | null): Part[] {
  return baseline.flatMap((first): Part[] => {
    const isRest = first.ops.length === 0;
    const other = candidate?.find(({ ops }) => (isRest ? ops.length === 0 : ops.includes(first.ops[0])));
    const ops = other?.ops ?? first.ops;
    if (ops[0] !== first.ops[0]) return [];
    const own = baseline.filter((row) => row === first || ops.includes(row.ops[0]));
    return [{ ops, baseline: sumOf(own), candidate: other ?? null }];
  });
}

export function sumOf(amounts: readonly Amount[]): Amount {
  const total = (of: keyof Amount) => amounts.reduce((sum, row) => sum + row[of], 0);
  return { timeNs: total('timeNs'), share: total('share') };
}

/** `gelu_forward`, `residual+layernorm_forward`, `crossentropy_softmax_forward+backward`. */
export function nameOf(ops: readonly string[]): string {
  if (ops.length === 0) return 'rest';
  const parts = ops.map((op) => op.split(/_(?=forward$|backward$)/));
  const [stems, passes] = [0, 1].map((i) => [...new Set(parts.map((part) => part[i]))]);
  if (stems.length > 1 && passes.length > 1) return ops.join('+');
  return passes[0] ? `${stems.join('+')}_${passes.join('+')}` : stems.join('+');
}

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 2 : 1)} %`;

/** The shares are not to be trusted if the sum of the parts is further from the step without marks than this. */
export const sumTolerance = 0.1;
