#!/bin/bash
# Scores /app/kernels with the nfold of this environment, which the agent never was in. The reward is the mean speedup over the starting code;
# it is 0 for an attempt that failed a check. If nothing could be scored, there is no reward, and Harbor reports an error.
set -uo pipefail
task=${NFOLD_TASK:-/app}
judge=${NFOLD_JUDGE:-/opt/judge}
logs=${NFOLD_LOGS:-/logs/verifier}
if ! [ -e "$judge/node_modules/nfold" ]; then
  echo "nfold is not in $judge: this script needs the environment of tests/Dockerfile ([verifier] environment_mode = \"separate\")" >&2
  exit 1
fi
mkdir -p "$task" "$logs"
cd "$judge" || exit 1
node_modules/.bin/nfold task score "$task" --task {{task}} --json > "$logs/score.json"
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
writeFileSync(to, String(score.verdict === "pass" ? score.mean.value : 0) + "\n");
' "$logs/score.json" "$logs/reward.txt"
