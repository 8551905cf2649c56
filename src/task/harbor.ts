/**
 * A task in the format of Harbor (harborframework.com/docs/tasks), task.toml of schema version 1.4, as Harbor 0.25 reads it: instruction.md,
 * task.toml, environment/, tests/, solution/. The verifier is an environment of its own, built from tests/, to which Harbor copies
 * /app/kernels alone: there the agent never was, and nothing else of what it wrote arrives.
 */
import { build } from '../build/build.ts';
import { scan } from '../catalog/candidates.ts';
import { NfoldError } from '../contract/errors.ts';
import { readGiven } from '../files/given.ts';
import { manifest, packageRoot } from '../files/places.ts';
import { attemptFile, type Task } from './task.ts';
import { filled } from './template.ts';

type Texts = ReadonlyMap<string, string>;

/** `plain`: the files of the plain folder, in their order. */
export async function inHarbor(task: Task, plain: Texts): Promise<Texts> {
  const { name, ops } = task;
  const words = {
    ...{ task: name, ops: ops.join(' '), version: manifest().version },
    what: ops.length === 1 ? name : `the ops of ${name}`,
  };
  return new Map([
    ['instruction.md', `${plain.get('TASK.md')}${where}`],
    ...Object.entries(parts).map(([path, starter]): [string, string] => [path, filled(`harbor/${starter}`, words)]),
    ...(await solutionOf(task)),
    ...[...plain].map(([path, text]): [string, string] => [`environment/task/${path}`, text]),
  ]);
}

/** The other parts, and what of starters/harbor they are filled from. */
const parts = {
  'task.toml': 'task.toml',
  'environment/Dockerfile': 'environment.Dockerfile',
  'tests/Dockerfile': 'tests.Dockerfile',
  'tests/test.sh': 'test.sh',
  'solution/solve.sh': 'solve.sh',
};

/** Added to TASK.md. */
const where =
  '\nThe folder of the task is `/app`, with nfold in it: `npm install` has been run. Only `/app/kernels` is looked at when you are done.\n';

/** The best of nfold's own kernels, with what they import. */
async function solutionOf({ ops }: Task): Promise<[string, string][]> {
  const { candidates } = scan([packageRoot]);
  const files = new Map<string, string>();
  for (const op of ops) {
    const best = candidates.find(({ id }) => id === bestOf(op));
    if (!best)
      throw new NfoldError(`nfold has no kernel of its own for ${op}, which --format harbor needs as the solution.`);
    const { sources } = await build(best);
    for (const [i, { path, text }] of sources.entries())
      files.set(`solution/${i === 0 ? attemptFile(op, best.kind) : path}`, text);
  }
  return [...files];
}

/** The id of the first kernel in the tables of docs/results.md, which the published records order by their mean. */
function bestOf(op: string): string | null {
  const page = readGiven('page', `${packageRoot}/docs/results.md`).toString();
  const [, table = ''] = page.split(`\n### ${op}\n`);
  const row = /^\| ([\w/-]+) \|.*\*\*/m.exec(table.split('\n### ')[0])?.[1];
  if (row) return `${op}/${row}`;
  return new RegExp(`^\\| (${op}/[\\w-]+) \\|.*\\*\\*`, 'm').exec(page)?.[1] ?? null;
}
