/** What every function of a training step's module finds in globals, and addresses that follow from it; marks for `nfold profile`. */
import { add, get, i32, scaled } from './wat.ts';

/**
 * base, own   the start of scratch, and of this thread's part of it
 * p           params; toM and toV lead from there to m and v
 * lo, rows    this thread's first row of (B*T), and how many it has; row is lo in bytes of a panel
 * whole       whether these rows are whole sequences, in all threads
 */
export const globals = [
  'base',
  'own',
  'tid',
  'nthreads',
  'p',
  'toM',
  'toV',
  'tokens',
  'targets',
  'lo',
  'row',
  'rows',
  'whole',
];
export const global = (name: string): string => `(global.get $${name})`;
export const setGlobal = (name: string, value: string): string => `(global.set $${name} ${value})`;

export const own = (at: number): string => (at === 0 ? global('own') : add(global('own'), i32(at)));
export const shared = (at: number): string => add(global('base'), i32(at));
export const parameter = (at: number): string => (at === 0 ? global('p') : add(global('p'), i32(at)));
/** Layer $l's part of an array of params that has so many floats a layer. */
export const ofLayer = (at: number, floats: number, l = get('l')): string => add(parameter(at), scaled(l, 4 * floats));
/** From the first of two places, `bytes` apart, to the one of layer `l`: the next layer has the other. */
export const inTurn = (l: string, bytes: number): string => scaled(`(i32.and ${l} ${i32(1)})`, bytes);
/** This thread's rows of an array. */
export const mine = (base: string, at: number): string => add(add(base, i32(at)), global('row'));

/** From here on, time is spent on these ops, and on none after `rest`. */
export const mark = (ops: string): string => `\n;; @mark ${ops}\n`;
