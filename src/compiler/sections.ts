/** Reads modules without running any of them. */
import { isFar } from './offsets.ts';

/** What a module is made of. */
export interface Anatomy {
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  readonly exports: readonly WebAssembly.ModuleExportDescriptor[];
  readonly memory: Memory | null;
  readonly ownMemories: number;
  readonly start: boolean;
  readonly dataBytes: number;
  /** Of those that it defines. */
  readonly functions: number;
  readonly locals: number;
  /** Whether an offset is too large, or an instruction is not known: see offsets.ts. */
  readonly far: boolean;
  /** Where the body of each function begins. */
  readonly bodies: readonly number[];
  /** What its section `nfold` says. */
  readonly head: string;
}

/** In pages; null is no maximum. An `odd` memory has 64-bit addresses, or pages of another size. */
export type Memory = { initial: number; maximum: number | null; shared: boolean; odd: boolean };

/** More than a kernel needs. V8 takes time for each, however few bytes they have. */
export const most = { functions: 2000, locals: 200_000, exports: 1000 };

/** Throws V8's words if it is none. A module that has too many functions or locals is not compiled: it lacks imports and exports. */
export function anatomyOf(bytes: Uint8Array): Anatomy {
  const parts = partsOf(bytes);
  if (parts && (parts.functions > most.functions || parts.locals > most.locals)) {
    const { code: _, ...counts } = parts;
    return { ...counts, far: false, bodies: [], imports: [], exports: [], head: '' };
  }
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  if (!parts) throw new Error('its sections cannot be read');
  const [head = new ArrayBuffer()] = WebAssembly.Module.customSections(module, 'nfold');
  const { code, ...rest } = parts;
  return {
    ...rest,
    imports: WebAssembly.Module.imports(module).slice(0, most.exports),
    exports: WebAssembly.Module.exports(module).slice(0, most.exports + 1),
    far: isFar(code),
    head: Buffer.from(head).toString(),
  };
}

/** Null if the bytes end early, as those of no valid module do. */
function partsOf(bytes: Uint8Array) {
  const found = { memory: null as Memory | null, ownMemories: 0, start: false, dataBytes: 0, functions: 0, locals: 0 };
  const bodies: number[] = [];
  let code: Uint8Array = new Uint8Array();
  try {
    for (const { id, size, first, end, content } of sectionsOf(bytes)) {
      if (id === section.import) found.memory = importedMemory(content);
      else if (id === section.function) found.functions = content.number();
      else if (id === section.memory) found.ownMemories = content.number();
      else if (id === section.start) found.start = true;
      else if (id === section.data) found.dataBytes += size;
      else if (id === section.code) {
        code = bytes.subarray(first, end);
        for (let left = content.number(); left > 0; left--) {
          const length = content.number();
          bodies.push(first + content.at);
          const body = content.part(length);
          for (let groups = body.number(); groups > 0; groups--) {
            found.locals += body.number();
            body.byte();
          }
        }
      }
    }
    return { ...found, bodies, code };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Only functions can stand before the memory, since `checkModule` refuses all other imports. */
function importedMemory(imports: Reader): Memory | null {
  for (let left = imports.number(); left > 0; left--) {
    imports.name();
    imports.name();
    const kind = imports.byte();
    if (kind === importKind.function) imports.number();
    else if (kind !== importKind.memory) return null;
    else {
      const flags = imports.byte();
      const initial = imports.number();
      const maximum = flags & 1 ? imports.number() : null;
      return { initial, maximum, shared: (flags & 2) !== 0, odd: flags > 3 };
    }
  }
  return null;
}

/** The module without the names of its functions, which V8 would print in place of their indices. It computes the same. */
export function withoutNames(bytes: Uint8Array): Uint8Array {
  const kept = [...sectionsOf(bytes)].filter(({ id, content }) => id !== section.custom || content.name() !== 'name');
  return Buffer.concat([bytes.subarray(0, preamble), ...kept.map(({ start, end }) => bytes.subarray(start, end))]);
}

export const section = { custom: 0, import: 2, function: 3, memory: 5, start: 8, code: 10, data: 11 } as const;
const importKind = { function: 0, memory: 2 } as const;

/** Bytes before the first section: `\0asm` and the version. */
const preamble = 8;

/** `start`, `first` (of the content) and `end` in bytes. Source: WebAssembly core specification, binary format, modules. */
export function* sectionsOf(bytes: Uint8Array) {
  const reader = new Reader(bytes, preamble);
  while (reader.more()) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    const first = reader.at;
    yield { id, size, start, first, end: first + size, content: reader.part(size) };
  }
}

/** Throws RangeError where the bytes end early. */
class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Bytes that it has passed. */
  get at(): number {
    return this.#at;
  }

  more(): boolean {
    return this.#at < this.#bytes.length;
  }

  byte(): number {
    if (!this.more()) throw new RangeError('the end');
    return this.#bytes[this.#at++];
  }

  /** LEB128, of 32 or 64 bits. */
  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError('a number without an end');
  }

  /** UTF-8 behind its length. */
  name(): string {
    return Buffer.from(this.#take(this.number())).toString();
  }

  part(length: number): Reader {
    return new Reader(this.#take(length));
  }

  #take(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new RangeError('the end');
    return this.#bytes.subarray(start, this.#at);
  }
}
