/** The targets that sgemm is held to, against rows of results. Pure. */
import { geometricMean, mean } from 'simple-statistics';

export interface Result {
  readonly gflops: number;
  readonly percentOfPeak: number | null;
  /** Over the baseline; null where that was not measured. */
  readonly speedup: number | null;
}

/** One candidate or peer at one number of threads. */
export interface Row {
  readonly id: string;
  readonly peer: boolean;
  readonly threads: number;
  readonly flags: readonly string[];
  readonly results: ReadonlyMap<string, Result>;
}

export interface Target {
  readonly what: string;
  readonly found: string;
  /** Null where something that it needs was not measured. */
  readonly met: boolean | null;
}

export const squares = [64, 128, 256, 512, 1024].map((n) => `M${n}N${n}K${n}`);
/** The matrix products of a small language model, in the three forms that training has. */
export const training = ['M256N384K128', 'M256N128K512', 'M512N128K256'].flatMap((s) => [s, `${s}NT`, `${s}TN`]);
/** What the mean speedup is taken over. */
export const suite = [...squares.slice(0, -1), ...training];
export const aligned = squares[2];

const revectorized = ({ flags }: Row) => flags.includes('--experimental-wasm-revectorize');

/** The best row of a kind by geometric mean over the cases of the suite that every one of them has. */
function best(rows: readonly Row[], threads: number, wide: boolean): Row | null {
  const kind = rows.filter((row) => !row.peer && row.threads === threads && revectorized(row) === wide);
  const scored = kind.map((row) => ({ row, rates: suite.flatMap((c) => row.results.get(c)?.gflops ?? []) }));
  const most = Math.max(0, ...scored.map(({ rates }) => rates.length));
  const [first] = scored
    .filter(({ rates }) => rates.length === most && most > 0)
    .sort((a, b) => geometricMean(b.rates) - geometricMean(a.rates));
  return first?.row ?? null;
}

function share(row: Row | null, least: number, cases: readonly string[], kind: string, where: string): Target {
  const what = `${kind}: ${least} % of peak at ${where}`;
  const shares = cases.map((c) => ({ c, percent: row?.results.get(c)?.percentOfPeak ?? null }));
  if (shares.some(({ percent }) => percent === null)) return { what, found: 'not measured', met: null };
  const [lowest] = [...shares].sort((a, b) => Number(a.percent) - Number(b.percent));
  const short = shares.filter(({ percent }) => Number(percent) < least).length;
  const also = short > 0 && cases.length > 1 ? `; ${short} of ${cases.length} cases below` : '';
  return { what, found: `${lowest.percent?.toFixed(1)} % at ${lowest.c}${also}`, met: short === 0 };
}

function against(row: Row | null, peer: Row | undefined, least: number, always: boolean, kind: string): Target {
  const what = `${kind}: ${least}x ${peer?.id ?? 'the peer'} in the geometric mean${always ? ', behind it in no case' : ''}`;
  const ratios = suite.map((c) => {
    const [own, other] = [row?.results.get(c), peer?.results.get(c)];
    return { c, ratio: own && other ? own.gflops / other.gflops : null };
  });
  if (ratios.some(({ ratio }) => ratio === null)) return { what, found: 'not measured', met: null };
  const value = geometricMean(ratios.map(({ ratio }) => Number(ratio)));
  const [lowest] = [...ratios].sort((a, b) => Number(a.ratio) - Number(b.ratio));
  const met = value >= least && (!always || Number(lowest.ratio) >= 1);
  return { what, found: `${value.toFixed(2)}x; least ${lowest.ratio?.toFixed(2)}x at ${lowest.c}`, met };
}

function meanSpeedup(row: Row | null, least: number, kind: string): Target {
  const what = `${kind}: mean speedup of ${least}x over the baseline`;
  const values = suite.flatMap((c) => row?.results.get(c)?.speedup ?? []);
  if (values.length < suite.length) return { what, found: 'not measured', met: null };
  return { what, found: `${mean(values).toFixed(1)}x`, met: mean(values) >= least };
}

function variants(row: Row | null, names: readonly string[], kind: string): Target {
  const what = `${kind}: variants no more than 10 % below ${aligned}`;
  const base = row?.results.get(aligned)?.gflops;
  const ratios = names.flatMap((c) => {
    const rate = row?.results.get(c)?.gflops;
    return base === undefined || rate === undefined ? [] : { c, ratio: rate / base };
  });
  if (ratios.length === 0 || ratios.length < names.length) return { what, found: 'not measured', met: null };
  const [lowest] = [...ratios].sort((a, b) => a.ratio - b.ratio);
  const short = ratios.filter(({ ratio }) => ratio < 0.9).length;
  const also = short > 0 ? `; ${short} of ${names.length} below` : '';
  return { what, found: `${(100 * lowest.ratio).toFixed(1)} % at ${lowest.c}${also}`, met: short === 0 };
}

/** `variants`: the cases that differ from the aligned one in scalars, forms, strides or tails; `rows` has its own aligned case for them. */
export function targets(
  rows: readonly Row[],
  variantRows: readonly Row[],
  variantCases: readonly string[],
  cores: number,
): Target[] {
  const [small, middle, ...large] = squares;
  const [quarter, ...big] = large;
  const peers = rows.filter(({ peer }) => peer);
  const peer = (name: string) => peers.find(({ id }) => id === name);
  const all = `${cores} threads`;
  const of = (threads: number, wide: boolean) => best(rows, threads, wide);
  const [wide, wideOne, stock, stockOne] = [of(cores, true), of(1, true), of(cores, false), of(1, false)];
  const kinds = [
    { row: wide, kind: `revectorized, ${all}` },
    { row: wideOne, kind: 'revectorized, 1 thread' },
    { row: stock, kind: `stock, ${all}` },
    { row: stockOne, kind: 'stock, 1 thread' },
  ];
  const [w, w1, s, s1] = kinds.map(({ kind }) => kind);
  const same = (row: Row | null) => variantRows.find((v) => v.id === row?.id && v.threads === row.threads) ?? null;
  return [
    share(wide, 93, big, w, '512³ and 1024³'),
    share(wide, 85, [quarter], w, '256³'),
    share(wide, 85, training, w, 'the LM shapes'),
    share(wide, 75, [middle], w, '128³'),
    share(wide, 60, [small], w, '64³'),
    against(wide, peer('onnxruntime-node'), 1.4, true, w),
    against(wide, peer('tfjs-backend-wasm'), 6, false, w),
    share(wideOne, 93, [...large, ...training], w1, '256³ and up and the LM shapes'),
    share(wideOne, 85, [middle], w1, '128³'),
    share(wideOne, 70, [small], w1, '64³'),
    share(stock, 90, [...large, ...training], s, '256³ and up and the LM shapes'),
    share(stockOne, 90, [...large, ...training], s1, '256³ and up and the LM shapes'),
    against(stock, peer('tfjs-backend-wasm'), 3, false, s),
    meanSpeedup(wide, 180, w),
    meanSpeedup(stock, 95, s),
    ...kinds.map(({ row, kind }) => variants(same(row), variantCases, kind)),
  ];
}
