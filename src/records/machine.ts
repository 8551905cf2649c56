/** The machine of a record; machine/fingerprint.ts finds it out. */
import { z } from 'zod';
import { orNull } from '../contract/fields.ts';
import { count, later, name, number, numberOrNull, text } from './fields.ts';

export const cores = count('Cores that nfold may use.');

export const Machine = z.object({
  cpu: text('Model of the CPU.'),
  cores,
  memoryBytes: number('Memory, bytes.'),
  os: text('Operating system and its version.'),
  arch: text('Architecture of the CPU.'),
  virtual: orNull('Whether it is a virtual machine.', z.boolean()),
  load: numberOrNull('Load average over one minute, at the start.'),
  class: later('Class of machines whose speedups compare, such as amd-zen3-avx2-2c-vm; null if unknown.', name),
});
