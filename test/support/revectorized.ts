/** sgemm under the revectorizer and without it: the candidates, and their verdicts at all edges. */
import { build, buildBaseline } from '../../src/build/build.ts';
import { scan } from '../../src/catalog/candidates.ts';
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { loadText } from '../../src/catalog/text.ts';
import type { Parameters } from '../../src/contract/candidate.ts';
import type { Variant } from '../../src/contract/variant.ts';
import { planChecks } from '../../src/judge/plan.ts';
import { verify } from '../../src/judge/verify.ts';
import { startUnderFlags } from './here.ts';

export const flag = '--experimental-wasm-revectorize';
export const built = await Promise.all(
  scan()
    .candidates.filter(({ op }) => op === 'sgemm')
    .map((file) => build(file)),
);
export const packed = built.filter(({ flags }) => flags.includes(flag));
export const generators = built.filter(({ tuning }) => tuning !== undefined);
export const op = await loadOp('sgemm');

/** Verdicts at all edges, by the variant's id; `nfold verify` draws from the other distributions as well. */
export async function judged(
  variants: readonly Variant[],
  distributions: readonly string[],
): Promise<Record<string, string>> {
  const given = { op, oracle: await loadOracle('sgemm'), baseline: await buildBaseline('sgemm'), variants };
  const request = { ...given, threads: 2 };
  const checks = planChecks(op, op.edges, { seed: 20261125, repeats: 1, timedShapes: false }).filter(
    ({ distribution }) => distributions.includes(distribution),
  );
  const verdicts = await verify({
    ...request,
    checks,
    start: startUnderFlags,
    seed: 20261125,
    text: loadText(undefined, [op]).bytes,
  });
  return Object.fromEntries([...verdicts].map(([id, { status }]) => [id, status]));
}

export const passes = (variants: readonly Variant[]) => Object.fromEntries(variants.map(({ id }) => [id, 'pass']));

/** Variants of the generator in blocks so small that the edges have several: packed and not, in both orders and splits. */
export function inSmallBlocks(): Variant[] {
  const blocks = { MC: 12, NC: 32, KC: 8 };
  const some: Parameters[] = ['M', 'N'].flatMap((order) =>
    ['M', 'N'].flatMap((split) =>
      [0, 1].map((packA) => {
        const packB = order === split ? packA : 1 - packA;
        return { ...blocks, unroll: 2 + packA, MR: 4 + 2 * packB, order, split, packA, packB };
      }),
    ),
  );
  const choices = [...some, { ...blocks, unroll: 4, MR: 6, order: 'N', split: 'N', packA: 0, packB: 1 }];
  const generator = generators.find(({ id }) => id === 'sgemm/shaped-6x16-wasmrelaxedsimd');
  return choices.map((choice) => ({ ...generator?.tuning?.with(choice), id: JSON.stringify(choice) }) as Variant);
}

/** The candidates that ask for the flag, under it and without it. */
export const withAndWithout = (): Variant[] =>
  packed.flatMap((one) => [one, { ...one, id: `${one.id} without`, flags: [] }]);
