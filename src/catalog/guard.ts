/** An op and an oracle of the user, whose functions say in one sentence what is wrong with them, and where. */
import { fileURLToPath } from 'node:url';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { type AnyOp, lengthOf, type TensorSpec, type Truths } from '../contract/op.ts';
import type { Oracle } from '../contract/oracle.ts';
import { shown } from '../files/places.ts';

/** The file, and the line and the column in it that an error comes from, if its stack has them. */
export function thrownAt(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const frames = [...stack.matchAll(/(file:\/\/[^\s()]+?):(\d+):(\d+)/g)];
  const own = frames.find(([, url]) => fileURLToPath(url) === file);
  return own ? `${shown(file)}:${own[2]}:${own[3]}` : shown(file);
}

/** `work`, whose errors name the function of the file that throws them. */
const called =
  <A extends unknown[], R>(file: string, name: string, work: (...args: A) => R) =>
  (...args: A): R => {
    try {
      return work(...args);
    } catch (error) {
      if (error instanceof NfoldError) throw error;
      throw new NfoldError(`${thrownAt(error, file)}: ${name} throws: ${messageOf(error)}.`);
    }
  };

/** Each function of an object, so that what it throws is a sentence. */
function guarded<T extends object>(file: string, object: T): T {
  const parts = Object.entries(object).map(([name, part]) => [
    name,
    typeof part === 'function' ? called(file, name, part.bind(object)) : part,
  ]);
  return Object.fromEntries(parts) as T;
}

const outputsOf = (op: AnyOp) => Object.entries<TensorSpec>(op.tensors).filter(([, { role }]) => role !== 'in');

/** The op with functions that check what they return. */
export function guardOp(given: AnyOp, file: string): AnyOp {
  const op: AnyOp = guarded(file, given);
  const tensors = Object.entries<TensorSpec>(given.tensors ?? {}).map(([name, spec]) => [name, guarded(file, spec)]);
  return {
    ...op,
    ...(given.tensors && { tensors: Object.fromEntries(tensors) }),
    draw(context: Parameters<AnyOp['draw']>[0]) {
      op.draw(context);
      for (const [name, { role }] of Object.entries<TensorSpec>(op.tensors)) {
        const at = role === 'out' ? -1 : context.tensors[name].findIndex(Number.isNaN);
        if (at >= 0) throw new NfoldError(`${shown(file)}: draw leaves NaN in ${name}[${at}].`);
      }
    },
    bounds(context: Parameters<AnyOp['bounds']>[0]) {
      const bounds = op.bounds(context);
      for (const [name, spec] of outputsOf(op)) {
        const where = `of ${name} at ${op.caseName(context)}`;
        checkArray(bounds?.[name], lengthOf(spec, context.dims), `${shown(file)}: bounds`, where);
        const at = bounds[name].findIndex((bound) => bound < 0);
        if (at >= 0) throw new NfoldError(`${shown(file)}: bounds gives element ${at} ${where} a bound below 0.`);
      }
      return bounds;
    },
  };
}

/** The oracle with functions that check what they return. */
export function guardOracle(given: Oracle, op: AnyOp, file: string): Oracle {
  const oracle = guarded(file, given);
  return {
    ...oracle,
    truths(dims, scalars, inputs): Truths {
      const truths = oracle.truths(dims, scalars, inputs);
      for (const [name, spec] of outputsOf(op)) {
        const where = `of ${name} at ${op.caseName({ dims, scalars })}`;
        checkArray(truths?.[name]?.want, lengthOf(spec, dims), `${shown(file)}: truths`, where);
      }
      return truths;
    },
  };
}

function checkArray(array: unknown, length: number, who: string, where: string): void {
  if (!(array instanceof Float64Array)) throw new NfoldError(`${who} returns no Float64Array ${where}.`);
  if (array.length !== length)
    throw new NfoldError(`${who} returns ${array.length} elements ${where}, which has ${length}.`);
  const at = array.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new NfoldError(`${who} returns ${array[at]} for element ${at} ${where}.`);
}
