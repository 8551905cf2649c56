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

type Texts = ReadonlyMap<string, string>;

/** `plain`: the files of the plain folder, in their order. */
export async function inHarbor(task: Task, plain: Texts): Promise<Texts> {
  return new Map([
    ['instruction.md', instruction(plain.get('TASK.md') ?? '')],
    ['task.toml', settings(task)],
    ['environment/Dockerfile', environment()],
    ['tests/Dockerfile', verifier()],
    ['tests/test.sh', testScript(task)],
    ['solution/solve.sh', solveScript(task)],
    ...(await solutionOf(task)),
    ...[...plain].map(([path, text]): [string, string] => [`environment/task/${path}`, text]),
  ]);
}

const instruction = (page: string) => `${page}
The folder of the task is \`/app\`, with nfold in it: \`npm install\` has been run. Only \`/app/kernels\` is looked at when you are done.
`;

const settings = ({ name, ops }: Task) => `schema_version = "1.4"
# All that the verifier gets of the agent's environment.
artifacts = ["/app/kernels"]

[task]
name = "nfold/${name}"
description = "Make ${ops.length === 1 ? name : `the ops of ${name}`} fast on a CPU; the reward is the mean speedup over the starting code"
keywords = ["performance", "cpu", "webassembly", "typescript"]

[metadata]
category = "performance"
nfold = "${manifest().version}"

[agent]
timeout_sec = 28800.0

[verifier]
timeout_sec = 7200.0
environment_mode = "separate"

[verifier.environment]
network_mode = "no-network"
build_timeout_sec = 1200.0
cpus = 2
memory_mb = 8192
storage_mb = 10240

[environment]
build_timeout_sec = 1200.0
cpus = 2
memory_mb = 8192
storage_mb = 10240
`;

const image = () => `FROM node:24-bookworm-slim
# Another package: put its file beside this one and name it, as in NFOLD=/package/nfold.tgz
ARG NFOLD=nfold@${manifest().version}
COPY . /package
`;

/** Without nfold's own kernels, those of its example project, and the cache of npm, which holds them too. */
const environment = () => `${image()}RUN cp -R /package/task /app && cd /app \\
 && npm install --save-exact --no-audit --no-fund --cache /tmp/npm "$NFOLD" \\
 && rm -rf /package /tmp/npm node_modules/nfold/kernels node_modules/nfold/docs/example
WORKDIR /app
`;

const verifier =
  () => `${image()}RUN mkdir -p /tests /logs/verifier /opt/judge && cp /package/test.sh /tests/test.sh && cd /opt/judge \\
 && npm install --no-audit --no-fund --cache /tmp/npm "$NFOLD" \\
 && rm -rf /package /tmp/npm
WORKDIR /opt/judge
`;

const testScript = ({ name }: Task) => `#!/bin/bash
# Scores /app/kernels with the nfold of this environment, which the agent never was in. The reward is the mean speedup over the starting code;
# it is 0 for an attempt that failed a check. If nothing could be scored, there is no reward, and Harbor reports an error.
set -uo pipefail
task=\${NFOLD_TASK:-/app}
judge=\${NFOLD_JUDGE:-/opt/judge}
logs=\${NFOLD_LOGS:-/logs/verifier}
if ! [ -e "$judge/node_modules/nfold" ]; then
  echo "nfold is not in $judge: this script needs the environment of tests/Dockerfile ([verifier] environment_mode = \\"separate\\")" >&2
  exit 1
fi
mkdir -p "$task" "$logs"
cd "$judge" || exit 1
node_modules/.bin/nfold task score "$task" --task ${name} --json > "$logs/score.json"
node -e '
const { readFileSync, writeFileSync } = require("node:fs");
const [from, to] = process.argv.slice(1);
const { scores, error } = JSON.parse(readFileSync(from, "utf8") || "{}");
const [score] = scores ?? [];
const why = !score ? (error?.message ?? "it is unknown why") : score.verdict === "pass" && score.mean === null ? score.withheld : null;
if (why !== null) {
  console.error("There is no score: " + why);
  process.exit(1);
}
writeFileSync(to, String(score.verdict === "pass" ? score.mean.value : 0) + "\\n");
' "$logs/score.json" "$logs/reward.txt"
`;

const solveScript = ({ ops }: Task) => `#!/bin/bash
# Puts nfold's own best kernel of each op in the place of the starting code.
set -euo pipefail
task=\${NFOLD_TASK:-/app}
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
for op in ${ops.join(' ')}; do
  rm -f "$task/kernels/$op"/attempt.*
done
cp -R "$here/kernels" "$task/"
`;

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
