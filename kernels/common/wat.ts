/**
 * WebAssembly text, for kernels that are written out anew for each shape. Every piece is a string in folded form; a
 * number that the shape fixes is written as a constant, so that loops know their ends and addresses their offsets.
 */

/** `count` lines, or `count` times nothing. */
export function each(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

export const i32 = (value: number): string => `(i32.const ${value})`;
export const get = (local: string): string => `(local.get $${local})`;
export const set = (local: string, value: string): string => `(local.set $${local} ${value})`;

export const add = (x: string, y: string): string => `(i32.add ${x} ${y})`;

/** The local `$name` moves on by `count` times `bytes`. */
export function move(name: string, count: string, bytes: number): string {
  return set(name, add(get(name), `(i32.mul ${count} ${i32(bytes)})`));
}

/** The local `$name` moves on by a constant; by 0, nothing is emitted. */
export function advance(name: string, by: number): string {
  return by === 0 ? '' : set(name, add(get(name), i32(by)));
}

/** Runs `body` a constant number of times; `$counter` counts the turns left. No turns, no code. */
export function repeat(counter: string, turns: number, body: string): string {
  if (turns === 0) return '';
  if (turns === 1) return body;
  return `${set(counter, i32(turns))}
    (loop $${counter}
      ${body}
      (br_if $${counter} (local.tee $${counter} (i32.sub ${get(counter)} ${i32(1)}))))`;
}

/** `count` floats as vectors: the lanes in use of each, 4 but for the last. */
export function vectors(count: number): number[] {
  return Array.from({ length: Math.ceil(count / 4) }, (_, q) => Math.min(4, count - 4 * q));
}

/**
 * The first `lanes` (1 to 4) floats of a vector at `$address` + offset, `step` bytes apart; nothing beyond the last one
 * is touched, and the lanes left over are 0.
 */
export function loadLanes(address: string, offset: number, lanes: number, step = 4): string {
  if (lanes === 4 && step === 4) return `(v128.load offset=${offset} ${get(address)})`;
  const first = `(v128.load32_zero offset=${offset} ${get(address)})`;
  return Array.from({ length: lanes - 1 }, (_, lane) => lane + 1).reduce(
    (vector, lane) => `(v128.load32_lane offset=${offset + lane * step} ${lane} ${get(address)} ${vector})`,
    first,
  );
}

/** The first `lanes` floats of `$vector` to `$address` + offset, and nothing beyond. */
export function storeLanes(address: string, offset: number, lanes: number, vector: string): string {
  if (lanes === 4) return `(v128.store offset=${offset} ${get(address)} ${get(vector)})`;
  return each(
    lanes,
    (lane) => `(v128.store32_lane offset=${offset + 4 * lane} ${lane} ${get(address)} ${get(vector)})`,
  );
}

export interface Func {
  name: string;
  exported?: boolean;
  /** Names and types, such as `{ n: 'i32' }`. */
  params: Readonly<Record<string, string>>;
  result?: string;
  locals?: Readonly<Record<string, string>>;
  body: string;
}

export function func({ name, exported, params, result, locals = {}, body }: Func): string {
  const declare = (kind: string, names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([local, type]) => `(${kind} $${local} ${type})`);
  const head = [...declare('param', params), ...(result ? [`(result ${result})`] : []), ...declare('local', locals)];
  return `(func $${name} ${exported ? `(export "${name}")` : ''} ${head.join(' ')}\n${body})`;
}

/** A module on the shared memory that every candidate gets. */
export function module(...functions: readonly string[]): string {
  return `(module\n(import "env" "memory" (memory 1 65536 shared))\n${functions.join('\n')})`;
}

/** Locals of type i32, and of type v128, for `func`. */
export const words = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'i32']));
export const vecs = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'v128']));

export const sub = (x: string, y: string): string => `(i32.sub ${x} ${y})`;
export const scaled = (x: string, by: number): string => (by === 1 ? x : `(i32.mul ${x} ${i32(by)})`);
export const call = (name: string, ...args: readonly string[]): string => `(call $${name} ${args.join(' ')})`;
export const when = (condition: string, then: string, otherwise = ''): string =>
  `(if ${condition} (then ${then})${otherwise && ` (else ${otherwise})`})`;

/** Runs `body` while `$counter`, which holds a number of turns, counts down to 0. */
export function countdown(counter: string, body: string): string {
  const next = `(br_if $${counter} (local.tee $${counter} ${sub(get(counter), i32(1))}))`;
  return when(get(counter), `(loop $${counter} ${body} ${next})`);
}
