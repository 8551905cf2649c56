#!/bin/bash
# Puts nfold's own best kernel of each op in the place of the starting code.
set -euo pipefail
task=${NFOLD_TASK:-/app}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for op in {{ops}}; do
  rm -f "$task/kernels/$op"/attempt.*
done
cp -R "$here/kernels" "$task/"
