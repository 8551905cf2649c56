/**
 * Verification: every check draws one image, has the oracle say what must come out, and gives the same bytes to each
 * candidate in a cell of its own, twice, after a call on other bytes whose answer must not come back. A candidate's first
 * finding is its verdict.
 */
import { BuildError } from '../build/sources.ts';
import { Cell, CellError } from '../cell/cell.ts';
import { openingOf, type Variant } from '../cell/opening.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { compose, deriveSeed, type Image } from './image.ts';
import { boundsFor, compareRepeat, type Finding, inspect } from './inspect.ts';
import type { Verdict } from './verdict.ts';

export interface Check {
  readonly case: Case;
  readonly distribution: string;
  readonly repeat: number;
}

/** What holds for every check and every timed call of a run. */
export interface Conditions {
  readonly seed: number;
  readonly threads: number;
  /** What else the command that replays a failure must say: effort, threads, text. */
  readonly replayFlags?: readonly string[];
  readonly text: Uint8Array;
}

export interface VerifyRequest extends Conditions {
  readonly op: AnyOp;
  readonly oracle: Oracle;
  readonly baseline: Variant;
  readonly variants: readonly Variant[];
  readonly checks: readonly Check[];
  readonly signal?: AbortSignal;
  /** For one opening or one check's calls. */
  readonly limitMs?: number;
  onProgress?(done: number, total: number): void;
}

/** Edges in every distribution; timed shapes in the exact distribution and, if asked for, in the one they are timed in. */
export function planChecks(op: AnyOp, cases: readonly Case[], repeats: number, timedShapes: boolean): Check[] {
  const edges = new Set<Case>(op.edges);
  return cases.flatMap((c) => {
    const exact = op.exact === undefined ? [] : [op.exact];
    const distributions = edges.has(c) ? op.distributions : timedShapes ? [op.distributions[0], ...exact] : exact;
    const times = edges.has(c) ? repeats : 1;
    return distributions.flatMap((distribution) =>
      Array.from({ length: times }, (_, repeat) => ({ case: c, distribution, repeat })),
    );
  });
}

export async function verify(request: VerifyRequest): Promise<Map<string, Verdict>> {
  const { op, checks, variants, signal } = request;
  const verdicts = new Map<string, Verdict>(variants.map(({ id }) => [id, { status: 'pass', checks: 0, worst: 0 }]));
  const cells = new Map(variants.map((variant) => [variant.id, new Cell(variant)]));
  const baselineCell = op.needsBaseline ? new Cell(request.baseline) : null;
  try {
    for (const [i, check] of checks.entries()) {
      signal?.throwIfAborted();
      const standing = variants.filter(({ id }) => verdicts.get(id)?.status === 'pass');
      if (standing.length === 0) break;
      request.onProgress?.(i, checks.length);
      for (const [id, verdict] of await runCheck(request, check, standing, cells, baselineCell)) {
        const before = verdicts.get(id);
        if (verdict.status !== 'pass' || before?.status !== 'pass') verdicts.set(id, verdict);
        else verdicts.set(id, { status: 'pass', checks: i + 1, worst: Math.max(before.worst, verdict.worst) });
      }
    }
  } finally {
    for (const cell of [...cells.values(), baselineCell]) cell?.close();
  }
  return verdicts;
}

async function runCheck(
  request: VerifyRequest,
  check: Check,
  variants: readonly Variant[],
  cells: ReadonlyMap<string, Cell>,
  baselineCell: Cell | null,
): Promise<Map<string, Verdict>> {
  const { op, oracle, seed, text } = request;
  const { case: c, distribution } = check;
  const name = op.caseName(c);
  const image = compose(op, c, distribution, deriveSeed(seed, op.name, name, distribution, check.repeat), text);
  const earlier = deriveSeed(seed, op.name, name, distribution, check.repeat, 'earlier');
  const other = compose(op, c, distribution, earlier, text, image.layout);
  const call = (cell: Cell, variant: Variant, images: readonly Image[]) =>
    callOn(cell, variant, op, c, images, request);

  // Everyone starts before the oracle does, which keeps this process busy.
  const baselineRun = baselineCell && call(baselineCell, request.baseline, [image]);
  // Awaited below; until then a failure of it must not count as unhandled.
  baselineRun?.catch(() => {});
  const runs = variants.map((variant) =>
    call(cells.get(variant.id) as Cell, variant, [other, image, image]).catch((error: unknown) => error as Error),
  );
  await new Promise(setImmediate);
  const truths = oracle.truths(c.dims, image.scalars, image.tensors);
  const bounds = boundsFor(op, c, distribution, image, truths, baselineRun && (await baselineRun)[0]);

  const verdicts = new Map<string, Verdict>();
  for (const [i, { id }] of variants.entries()) {
    const result = await runs[i];
    if (result instanceof Error) {
      request.signal?.throwIfAborted();
      if (!(result instanceof CellError || result instanceof BuildError)) throw result;
      verdicts.set(id, {
        status: 'error',
        message: result instanceof BuildError ? result.message : `${id} at ${name}: ${result.message}`,
      });
      continue;
    }
    const inspection = inspect(op, c, image, result[1], truths, bounds);
    const finding = 'finding' in inspection ? inspection.finding : compareRepeat(op, c, image, result[1], result[2]);
    if (finding) verdicts.set(id, { status: 'fail', failure: failure(finding, id, name, request, distribution) });
    else verdicts.set(id, { status: 'pass', checks: 1, worst: 'worst' in inspection ? inspection.worst : 0 });
  }
  return verdicts;
}

export function failure(
  finding: Finding,
  candidate: string,
  caseName: string,
  { op, seed, replayFlags = [] }: { op: AnyOp; seed: number; replayFlags?: readonly string[] },
  distribution: string,
) {
  const replay = ['npx nfold verify', candidate, '--case', caseName, '--seed', seed, ...replayFlags].join(' ');
  return { ...finding, op: op.name, candidate, case: caseName, distribution, seed, replay };
}

/** What becomes of each image, in calls one after another. */
async function callOn(
  cell: Cell,
  variant: Variant,
  op: AnyOp,
  c: Case,
  images: readonly Image[],
  { threads, limitMs }: VerifyRequest,
): Promise<Uint8Array[]> {
  const [{ scalars, layout }] = images;
  await cell.open(await openingOf(op, c, scalars, layout, variant, threads), limitMs);
  const whole = [{ offset: 0, length: layout.bytes }];
  const calls = images.map(({ bytes }) => ({ writes: [{ offset: 0, bytes }], reads: whole }));
  const { reads } = await cell.sample({ calls }, limitMs);
  return reads.map(([after]) => after);
}
