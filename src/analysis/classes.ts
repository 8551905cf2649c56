/** Records of several classes of machines: the class of each, and the record that it is compared with. */
import type { Record } from '../records/schema.ts';
import { otherMachine } from './differences.ts';

/** The class of each record. One of before there were classes has that of another record of its machine, or else a name of its own. */
export function classesOf(records: readonly Pick<Record, 'machine'>[]): string[] {
  return records.map((record) => {
    const { cpu, cores } = record.machine;
    const same = records.find((other) => other.machine.class !== null && !otherMachine(record, other));
    return record.machine.class ?? same?.machine.class ?? `an unknown class (${cpu}, ${cores} cores)`;
  });
}

/** For each record but the first, the index of the first record of its class, or else 0. */
export function referencesOf(records: readonly Record[]): number[] {
  const classes = classesOf(records);
  return classes.slice(1).map((name, i) => {
    const first = classes.indexOf(name);
    return first <= i ? first : 0;
  });
}
