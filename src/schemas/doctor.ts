import { z } from 'zod';
import { count, type DataOf, list, number, numberOrNull, text, textOrNull, texts } from '../contract/fields.ts';
import { Summary } from '../records/schema.ts';
import { Engine } from './engine.ts';

const { machine, runtime } = Summary.shape;

export const Doctor = z.strictObject({
  machine,
  runtime,
  packages: z.record(z.string(), z.string()).describe('Versions of the packages that make and time code.'),
  features: z.record(z.string(), z.boolean()).describe('Whether this Node has what candidates may need.'),
  measured: z
    .strictObject({
      revectorized: numberOrNull('Rate of 256-bit arithmetic over that of 128 bits; null without the flag.'),
      unrest: number('Median over minimum of the times of identical calls, minus 1.'),
    })
    .describe('What a short measurement showed.'),
  threads: count('Threads of a run by default.'),
  cpus: z
    .strictObject({
      cpus: count('CPUs that nfold may use.'),
      cores: count('Cores among them.'),
      quota: numberOrNull('CPUs that it is paid the time of; null without a quota.'),
    })
    .describe('The processor.'),
  threadsThatWork: count('Threads that could be started.'),
  isolation: text('What keeps candidates away from the rest of the machine.'),
  engine: Engine,
  cCompiler: textOrNull('The compiler of C and its version; null if there is none.'),
  peers: list(
    'The peers.',
    z.strictObject({
      peer: text('Name of the peer.'),
      op: text('Name of the op.'),
      reason: textOrNull('Why it cannot be timed; null if it can.'),
    }),
  ),
  state: text('Folder of records and cache.'),
  warnings: texts('What would disturb a measurement here.'),
});
export type Doctor = DataOf<typeof Doctor>;
