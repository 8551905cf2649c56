/** The last two records side by side: `npm run what-changed`. */
import { compare, loadRecord, workspaceAt } from 'nfold';

const workspace = workspaceAt(import.meta.dirname);
const { means } = compare([loadRecord('last~1', { workspace }), loadRecord('last', { workspace })]);

for (const { candidate, changes } of means) {
  const [{ ratio, verdict }] = changes;
  console.log(
    `${candidate}: ${ratio?.value.toFixed(2) ?? '?'} times the speedup of before, ${verdict ?? 'not comparable'}`,
  );
}
