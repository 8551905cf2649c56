/** A process of its own, as ops are loaded by Node and not by vitest: takes names of ops, prints for each what is wrong with it, or null. */
import { loadOp, loadOracle } from '../../src/catalog/ops.ts';
import { makeRng } from '../../src/contract/rng.ts';
import { compose } from '../../src/judge/compose.ts';

/** Draws an image, asks the oracle and then the bounds, as a check does. */
async function judge(name: string): Promise<void> {
  const op = await loadOp(name);
  const oracle = await loadOracle(name);
  const image = compose({ op, case: op.cases[0], distribution: 'normal', text: new Uint8Array() }, 1);
  op.drawCase?.(makeRng(1), op.sizeClasses?.[0] ?? 'any');
  const { dims } = image.case;
  const truths = oracle.truths(dims, {}, image.tensors);
  op.bounds({ dims, scalars: {}, distribution: 'normal', inputs: image.tensors, truths, baseline: null });
}

const faults: (string | null)[] = [];
for (const name of process.argv.slice(2))
  faults.push(
    await judge(name).then(
      () => null,
      (error: Error) => `${error.name}: ${error.message}`,
    ),
  );
process.stdout.write(JSON.stringify(faults));
