/** Samples to results, means, discards and warnings. Times are in ns, rates in Gflop/s and GB/s; an unknown value is null. */
import { bytesMoved } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import type { Machine } from '../machine/describe.ts';
import { type Roof, roof, workOf } from '../machine/roofline.ts';
import { type Draft, discardRule, type Mean, type Overall, type Result } from '../records/schema.ts';
import { byMean, means } from '../stats/means.ts';
import { typicalNs } from '../stats/samples.ts';
import { leftOut, speedup } from '../stats/speedup.ts';
import { compare, noiseFloor } from '../stats/verdict.ts';
import { disturbance, tooWide } from './disturbed.ts';
import { weightsOf } from './ranks.ts';
import { everyCase, namesOf, type TimedOp } from './timed.ts';
import { observed, warningsOf } from './warnings.ts';

export interface Given {
  readonly machine: Machine;
  /** A step of the clock, ns. */
  readonly clockNs: number;
  /** The precision of the effort, as a share: times within it are called the same. */
  readonly halfWidth: number;
}

type Analysis = Pick<Draft, 'warnings' | 'results' | 'means' | 'overall' | 'discards'>;

export function analyse(all: readonly TimedOp[], given: Given): Analysis {
  const ops = all.map(ofItsCases);
  const found = ops.flatMap((timed) => meansOf(timed, given));
  const suites = [...Map.groupBy(ops, ({ suite }) => suite.name).values()];
  const discards = everyCase(ops).map(({ op, variant, name, left: { count, of } }) => {
    return { op: op.name, case: name, variant: variant.id, rule: discardRule, count, of } as const;
  });
  return {
    warnings: warningsOf(observed(ops, given.machine, given.clockNs)),
    results: ops.flatMap((timed) => resultsOf(timed, given)),
    means: found,
    // The mean of a single op is its overall one too.
    overall: suites.filter((own) => own.length > 1).map((own) => overallOf(own, found)),
    discards: discards.filter(({ count }) => count > 0),
  };
}

/** What else was timed, such as unseen shapes, changes nothing of what is known of these cases. */
function ofItsCases(timed: TimedOp): TimedOp {
  const names = new Set(namesOf(timed, timed.cases));
  return { ...timed, samples: timed.samples.filter((s) => names.has(s.case)) };
}

function resultsOf(timed: TimedOp, { halfWidth }: Given): Result[] {
  const { op, baseline, cases, samples, variants, ceilings } = timed;
  const floor = noiseFloor(samples, namesOf(timed, cases))?.cases ?? null;
  return variants.flatMap(({ id, peer, threads, flags, tier, hash, verdict, worst, parameters }) =>
    cases.map((c) => {
      const name = op.caseName(c);
      const { found, disturbed } = judged(timed, id, verdict, name);
      const baselineNs = typicalNs(samples, baseline.id, name);
      const timeNs = found && baselineNs !== null ? baselineNs / found.value : null;
      return {
        ...{ candidate: id, peer, op: op.name, case: name, threads, flags: [...flags], tier, hash, verdict },
        speedup: found,
        comparison: found && compare(found, floor, halfWidth),
        disturbed,
        noiseFloor: floor,
        baseline: { hash: baseline.hash, timeNs: baselineNs },
        timeNs,
        gflops: timeNs === null ? null : op.flop(c.dims) / timeNs,
        gbPerSecond: timeNs === null ? null : bytesMoved(op, c.dims) / timeNs,
        ...(ceilings && timeNs !== null
          ? shareOfPeak(roof(ceilings, workOf(op, c.dims), { threads, flags, native: peer }), timeNs)
          : { percentOfPeak: null, peak: null }),
        parameters: parameters.get(name) ?? null,
        verification: worst === null ? null : { worst, bound: 1 },
      };
    }),
  );
}

/** The speedup at a case, or why it is withheld. */
function judged({ samples, baseline }: TimedOp, id: string, verdict: Result['verdict'], name: string) {
  const measured = verdict === 'pass' ? speedup(samples, baseline.id, id, name) : null;
  const disturbed = verdict === 'pass' ? disturbance(leftOut(samples, baseline.id, id, name), measured) : null;
  return { found: disturbed === null ? measured : null, disturbed };
}

const shareOfPeak = ({ timeNs: minNs, ...peak }: Roof, timeNs: number) => {
  return { percentOfPeak: (100 * minNs) / timeNs, peak };
};

const noMeans = { arithmetic: null, geometric: null, harmonic: null, least: null, greatest: null };

function meansOf(timed: TimedOp, { halfWidth }: Given): Mean[] {
  const { op, suite, samples, baseline, variants } = timed;
  const names = namesOf(timed, timed.meanCases);
  const floor = noiseFloor(samples, names)?.mean ?? null;
  return variants.map(({ id, peer, verdict, message }) => {
    const ids = [baseline.id, id] as const;
    // A case whose interval is too wide to be told alone may still do in a mean, whose interval says whether it does.
    const disturbed = names.flatMap((name) => {
      const why = disturbance(leftOut(samples, ...ids, name), null);
      return why === null ? [] : [{ name, why }];
    });
    const isTimed = (name: string) =>
      speedup(samples, ...ids, name) !== null && disturbed.every((one) => one.name !== name);
    const cases = verdict === 'pass' ? names.filter(isTimed).length : 0;
    const timedInPart = cases < names.length ? `${cases} of the ${names.length} cases of ${op.name} were timed` : null;
    const [first] = disturbed;
    const others = disturbed.length > 1 ? ` and ${counted(disturbed.length - 1, 'other case')}` : '';
    const inPart = first ? `disturbed at ${first.name}${others}: ${first.why}` : timedInPart;
    const measured = verdict === 'pass' && inPart === null ? means(samples, baseline.id, id, names) : null;
    const wide = measured && tooWide(measured.arithmetic);
    const found = wide === null ? measured : null;
    const withheld = verdict === 'pass' ? (inPart ?? (wide && `disturbed: ${wide}`)) : `${verdict}: ${message}`;
    const comparison = found && compare(found.arithmetic, floor, halfWidth);
    const weights =
      found && weightsOf(names.map((name) => [name, speedup(samples, baseline.id, id, name)?.value ?? 0]));
    const row = { candidate: id, peer, suite: suite.name, op: op.name, cases };
    return { ...row, ...(found ?? noMeans), comparison, noiseFloor: floor, withheld, weights };
  });
}

/** The mean over all cases of a suite's ops, each op with its best candidate. */
function overallOf(ops: readonly TimedOp[], all: readonly Mean[]): Overall {
  const [{ suite }] = ops;
  const own = all.filter((mean) => mean.suite === suite.name && !mean.peer && mean.arithmetic).sort(byMean);
  // The last entry of a key counts, so the best comes last.
  const best = new Map(own.reverse().map(({ op, candidate }) => [op, candidate]));
  const missing = suite.ops.filter((name) => !best.has(name));
  const samples = ops.flatMap(({ op, baseline, samples }) =>
    samples
      .filter(({ variant }) => variant === baseline.id || variant === best.get(op.name))
      .map((s) => ({ ...s, case: `${op.name} ${s.case}`, variant: s.variant === baseline.id ? 'baseline' : 'best' })),
  );
  const names = ops.flatMap((timed) => namesOf(timed, timed.meanCases).map((name) => `${timed.op.name} ${name}`));
  return {
    suite: suite.name,
    candidates: ops.flatMap(({ op }) => best.get(op.name) ?? []),
    cases: names.length,
    ...((missing.length === 0 && means(samples, 'baseline', 'best', names)) || noMeans),
    withheld: missing.length === 0 ? null : `no mean for ${missing.join(', ')}`,
  };
}
