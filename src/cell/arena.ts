/**
 * The arena: one shared WebAssembly memory a cell, in which the image of the current case and the scratch lie.
 *
 *   | 64 KiB of the module's own | guard | tensor | guard | tensor | ... | guard | scratch |
 *
 * It grows and never shrinks; offsets of the image count from `imageBase`.
 */
import type { Arena } from '../contract/candidate.ts';
import type { Range, Slot, Write } from './protocol.ts';

const page = 65536;
export const imageBase = page;
/** Zeroed before every call, so that threads find their barriers and counters in a known state. */
export const syncBytes = 256;

export class CellArena implements Arena {
  /** The largest maximum that wasm32 allows, so that a module may declare any maximum up to it. */
  readonly memory = new WebAssembly.Memory({ initial: 2, maximum: page, shared: true });
  #end = imageBase;
  #state = 0x9e3779b9;
  #noisy = true;

  /** Forgets the last case and makes room for an image of so many bytes, filled with noise. */
  reset(imageBytes: number, noisy = true): void {
    this.#end = imageBase;
    this.#noisy = noisy;
    this.allocate(imageBytes);
  }

  /** Address of so many fresh bytes, 64-byte aligned, filled with noise: whoever counts on zeroes is found out. */
  allocate(bytes: number): number {
    const address = Math.ceil(this.#end / 64) * 64;
    this.#end = address + Math.ceil(bytes / 4) * 4;
    const missing = this.#end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / page));
    const words = new Int32Array(this.memory.buffer, address, (this.#end - address) / 4);
    for (let i = 0; i < words.length; i++) words[i] = this.#noisy ? this.#noise() : 0;
    return address;
  }

  f32(length: number): Float32Array {
    const address = this.allocate(4 * length);
    return new Float32Array(this.memory.buffer, address, length);
  }

  i32(length: number): Int32Array {
    const address = this.allocate(4 * length);
    return new Int32Array(this.memory.buffer, address, length);
  }

  tensors(slots: readonly Slot[]): Record<string, Float32Array | Int32Array> {
    const view = ({ dtype, offset, length }: Slot) =>
      new (dtype === 'f32' ? Float32Array : Int32Array)(this.memory.buffer, imageBase + offset, length);
    return Object.fromEntries(slots.map((slot) => [slot.name, view(slot)]));
  }

  write(writes: readonly Write[]): void {
    const bytes = new Uint8Array(this.memory.buffer);
    for (const write of writes) bytes.set(write.bytes, imageBase + write.offset);
  }

  /** Copies, no longer shared. */
  read(ranges: readonly Range[]): Uint8Array[] {
    return ranges.map(({ offset, length }) => new Uint8Array(this.memory.buffer, imageBase + offset, length).slice());
  }

  /** Whether the ranges still hold what was read from them. */
  holds(ranges: readonly Range[], bytes: readonly Uint8Array[]): boolean {
    return ranges.every(({ offset, length }, i) => {
      const now = Buffer.from(this.memory.buffer as unknown as ArrayBuffer, imageBase + offset, length);
      return now.equals(bytes[i]);
    });
  }

  zero(address: number, length: number): void {
    new Uint8Array(this.memory.buffer, address, length).fill(0);
  }

  /** xorshift32 */
  #noise(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }
}
