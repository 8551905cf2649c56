/**
 * The arena: one shared WebAssembly memory a cell, in which the image of the current case and the scratch lie.
 *
 *   | 64 KiB of the module's own | guard | tensor | guard | tensor | ... | guard | scratch |
 *
 * It grows and never shrinks. Offsets within an image count from `imageBase`.
 */
import type { TypedArray } from '../contract/op.ts';
import { viewsOf } from './layout.ts';
import type { Range, Slot, Write } from './protocol.ts';

const page = 65536;
export const imageBase = page;
/** The first bytes of scratch are zeroed before every call, so that threads find their barriers and counters in a known state. */
export const syncBytes = 256;

export class CellArena {
  /** The largest maximum that wasm32 allows. A module that declares a smaller one does not take this memory. */
  readonly memory = new WebAssembly.Memory({ initial: 2, maximum: page, shared: true });
  #end = imageBase;
  #state = 0x9e3779b9;
  #noisy = true;

  /** Forgets the last case and makes room for an image of `imageBytes`, filled with noise. */
  reset(imageBytes: number, noisy = true): void {
    this.#end = imageBase;
    this.#noisy = noisy;
    this.allocate(imageBytes);
  }

  /** Address of fresh memory, 64-byte aligned and filled with noise, so that a kernel which relies on zeros fails. */
  allocate(bytes: number): number {
    const address = Math.ceil(this.#end / 64) * 64;
    this.#end = address + Math.ceil(bytes / 4) * 4;
    const missing = this.#end - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / page));
    const words = new Int32Array(this.memory.buffer, address, (this.#end - address) / 4);
    for (let i = 0; i < words.length; i++) words[i] = this.#noisy ? this.#noise() : 0;
    return address;
  }

  tensors(slots: readonly Slot[]): Record<string, TypedArray> {
    return viewsOf(new Uint8Array(this.memory.buffer, imageBase), slots);
  }

  write(writes: readonly Write[]): void {
    const bytes = new Uint8Array(this.memory.buffer);
    for (const write of writes) bytes.set(write.bytes, imageBase + write.offset);
  }

  /** Copies of the ranges, which no kernel can change. */
  read(ranges: readonly Range[]): Uint8Array[] {
    return ranges.map(({ offset, length }) => new Uint8Array(this.memory.buffer, imageBase + offset, length).slice());
  }

  /** Whether the ranges still hold the bytes that were read from them. */
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
