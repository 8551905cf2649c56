/** What `--json` of each command prints on stdout. A command has a line here. */
import { z } from 'zod';
import { ErrorData } from '../contract/fields.ts';
import { Ceilings } from '../machine/ceilings.ts';
import { Record } from '../records/schema.ts';
import { Doctor } from './doctor.ts';
import { Checked, Exported } from './handout.ts';
import { inspectData } from './inspect.ts';
import { List } from './list.ts';
import { Best, Comparison, History } from './records.ts';
import { Reproduced } from './reproduce.ts';
import { Logged, Scored } from './score.ts';
import { Verify } from './verify.ts';
import { Watch } from './watch.ts';
import { New, Profiled, Reported, Selftested, Trained, Tuned } from './wings.ts';
import { WorkerDone } from './worker.ts';

const Schema = z.union([
  z.strictObject({ commands: z.array(z.string()).describe('Names that have a schema.') }),
  z.looseObject({ $schema: z.string().describe('Version of JSON Schema.') }),
]);

export const schemas: { readonly [name: string]: z.ZodType } = {
  list: List,
  verify: Verify,
  bench: Record,
  show: Record,
  compare: Comparison,
  history: History,
  best: Best,
  reproduce: Reproduced,
  report: Reported,
  new: New,
  watch: Watch,
  inspect: inspectData,
  tune: Tuned,
  peak: Ceilings,
  profile: Profiled,
  train: Trained,
  selftest: Selftested,
  worker: WorkerDone,
  doctor: Doctor,
  'task score': Scored,
  'task log': Logged,
  schema: Schema,
  'task export': Exported,
  'task check': Checked,
  /** Instead of these, if the command fails. */
  error: z.strictObject({ error: ErrorData.describe('Why the command failed.') }),
};

/** In the version of JSON Schema that docs/record.schema.json has. */
export function jsonSchemaOf(name: string) {
  const { $schema, ...schema } = z.toJSONSchema(schemas[name]);
  return { $schema, title: name === 'error' ? 'nfold --json, if it fails' : `nfold ${name} --json`, ...schema };
}
