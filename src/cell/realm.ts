/**
 * A realm for JavaScript that is not ours: it has the language's numbers, collections and typed arrays, and nothing else. It has no clock,
 * I/O, timers, WebAssembly, import() or code from strings; promises never settle. Every object passed in is made inside the realm, and we
 * call no function that code inside can patch. One way out is known and leads to frozen built-ins: docs/judge.md, "Hacks of our own".
 */
import { constants, createContext, Script } from 'node:vm';
import { MessageChannel, moveMessagePortToContext, receiveMessageOnPort } from 'node:worker_threads';
import type { Dtype } from '../contract/op.ts';

const kept = new Set(
  [
    'globalThis undefined NaN Infinity Object Array Number BigInt Boolean String Symbol Map Set JSON Math',
    'Error RangeError TypeError isFinite isNaN parseFloat parseInt ArrayBuffer DataView Atomics',
    'Float16Array Float32Array Float64Array BigInt64Array BigUint64Array',
    'Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array Uint32Array',
  ].flatMap((names) => names.split(' ')),
);

const wrapper = `'use strict'; (ours) => (n) => {
  const made = ours(n);
  if (typeof made === 'string') throw new RangeError(made);
  return made;
}`;

const binder = `'use strict'; (f, a, b) => () => { f(a, b); }`;
let scripts = 0;

type Inside = (...args: readonly unknown[]) => unknown;

export class Realm {
  readonly #global = createContext(constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  }) as typeof globalThis;
  // Taken before any code runs that could patch them.
  readonly #types = { f32: this.#global.Float32Array, i32: this.#global.Int32Array };
  readonly #Object = this.#global.Object;
  readonly #stringify = this.#global.JSON.stringify;
  #adopted: { ours: ArrayBufferLike; inside: ArrayBuffer } | null = null;
  readonly #wrap = this.run(wrapper) as (ours: (n: number) => unknown) => (n: number) => unknown;

  constructor() {
    // On the first view Node runs scripts of its own inside, which need all globals.
    this.view(new SharedArrayBuffer(8), 'f32', 0, 1);
    for (const name of Object.getOwnPropertyNames(this.#global)) {
      if (!kept.has(name)) Reflect.deleteProperty(this.#global, name);
    }
  }

  /** The value of a script. Its text gets a number, so that V8 shares no compiled code with an equal script. */
  run(code: string, filename = 'nfold.js'): unknown {
    return new Script(`${code}\n// ${++scripts}`, { filename }).runInContext(this.#global);
  }

  /** The default export of a candidate's script, as `asScript` makes it. */
  load(code: string): Record<string, unknown> {
    const found = this.run(`${code}\ncandidate.default`, 'candidate.js');
    if (found === undefined) throw new Error('it has no default export');
    if (typeof found !== 'object' || found === null) throw new Error('its default export is no object');
    return found as Record<string, unknown>;
  }

  /** Gives the realm a global, for trusted code alone, since code inside can reach our realm through the value. */
  lend(key: symbol, value: unknown): void {
    Object.assign(this.#global, { [key]: value });
  }

  record<T>(entries: Readonly<Record<string, T>>): Record<string, T> {
    return Object.assign(new this.#Object(), entries) as Record<string, T>;
  }

  /** A copy of a plain value, made inside. */
  copy(value: unknown): unknown {
    return this.run(`(${JSON.stringify(value)})`);
  }

  json(value: unknown): string | undefined {
    return this.#stringify(value);
  }

  /** A view on a shared buffer of ours. Its `buffer` is an object of the realm too, the same one for all views. */
  view(buffer: ArrayBufferLike, dtype: Dtype, address: number, length: number): Float32Array | Int32Array {
    if (this.#adopted?.ours !== buffer) this.#adopted = { ours: buffer, inside: this.#adopt(buffer) };
    return new this.#types[dtype](this.#adopted.inside, address, length);
  }

  #adopt(buffer: ArrayBufferLike): ArrayBuffer {
    const { port1, port2 } = new MessageChannel();
    const inside = moveMessagePortToContext(port2, this.#global);
    port1.postMessage(buffer);
    const received = receiveMessageOnPort(inside as typeof port1)?.message;
    port1.close();
    return received;
  }

  /**
   * Binds arguments to a function of the realm, inside. V8 inlines nothing across realms: called from ours, the plain loops of a small
   * case would be compiled apart from the dims that they run over, and be a fifth slower.
   */
  bind(f: Inside, ...args: readonly unknown[]): () => void {
    return (this.run(binder) as (f: Inside, ...args: readonly unknown[]) => () => void)(f, ...args);
  }

  /** A function of the realm that calls ours and lets no object of ours through, errors included. */
  wrap(ours: (n: number) => Float32Array | Int32Array): (n: number) => unknown {
    return this.#wrap((n) => {
      try {
        return ours(n);
      } catch (error) {
        return error instanceof Error ? error.message : 'not possible';
      }
    });
  }
}
