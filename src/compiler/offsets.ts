/**
 * The offsets that a module's loads and stores add to an address. An arena ends at 2 GiB, so a large one only traps; but sums of such
 * offsets, which a compiler forms when it joins accesses, have gone beyond 2^31 and led out of the memory (src/machine/engineBugs.ts).
 *
 * Source   WebAssembly core specification, binary format of instructions; the proposals for threads, exceptions and tail calls.
 */

/** Whether a code section, whose module is valid, holds an offset of `limit` or more, or an instruction that is not known here. */
export function isFar(code: Uint8Array, limit = 2 ** 30): boolean {
  // A module without functions has no such section.
  if (code.length === 0) return false;
  let at = 0;
  // Signed numbers are passed over as well: only their length matters.
  const number = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = code[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const numbers = (count: number): boolean => {
    for (let i = 0; i < count; i++) number();
    return true;
  };
  const bytes = (count: number): boolean => {
    at += count;
    return true;
  };
  /** A reference to a type has two numbers. */
  const type = (): boolean => numbers(code[at] === 0x63 || code[at] === 0x64 ? 2 : 1);
  const types = (count: number): boolean => {
    for (let i = 0; i < count; i++) type();
    return true;
  };
  /** Alignment and offset; bit 6 says that the number of a memory stands between them. */
  const near = (): boolean => (number() & 64 ? numbers(1) : true) && number() < limit;
  const catches = (): boolean => {
    type();
    for (let left = number(); left > 0; left--) numbers(number() < 2 ? 2 : 1);
    return true;
  };
  const simd = (op: number): boolean => {
    if (op <= 11 || op === 92 || op === 93) return near();
    if (op >= 84 && op <= 91) return near() && bytes(1);
    if (op === 12 || op === 13) return bytes(16);
    return op >= 21 && op <= 34 ? bytes(1) : true;
  };
  const bulk = (op: number): boolean => numbers(op < 8 ? 0 : [8, 10, 12, 14].includes(op) ? 2 : 1);
  const passes = (op: number): boolean => {
    if (op >= 0x28 && op <= 0x3e) return near();
    if (op === 0xfd) return simd(number());
    if (op === 0xfe) return number() === 3 ? bytes(1) : near();
    if (op === 0xfc) return bulk(number());
    if (op === 0x0e) return numbers(number() + 1);
    if (op === 0x1c) return types(number());
    if (op === 0x02 || op === 0x03 || op === 0x04 || op === 0x06) return type();
    if (op === 0x1f) return catches();
    if (op === 0x43 || op === 0x44) return bytes(op === 0x43 ? 4 : 8);
    if (op === 0x11 || op === 0x13) return numbers(2);
    return op !== 0xfb && numbers(withOneNumber.has(op) ? 1 : 0);
  };
  for (let left = number(); left > 0; left--) {
    const end = number() + at;
    for (let groups = number(); groups > 0; groups--) numbers(1) && type();
    while (at < end) if (!passes(code[at++])) return true;
  }
  return false;
}

/** Branches, calls, variables, tables, constants, references. */
const withOneNumber = new Set(
  '07 08 09 0c 0d 10 12 14 15 18 20 21 22 23 24 25 26 3f 40 41 42 d0 d2 d5 d6'
    .split(' ')
    .map((op) => Number.parseInt(op, 16)),
);
