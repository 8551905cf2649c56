/** The contract of a WebAssembly module, checked on its bytes, without running any of it. */
import { CandidateError, messageOf } from '../contract/errors.ts';
import { contentOf } from '../files/given.ts';

const memoryImport = 'import "env" "memory" (memory 1 65536 shared)';

/** The kernels of nfold have 4 to 20 kB. */
const maxBytes = 2 ** 20;
/** The page below the tensors, which belongs to the module. */
const maxData = 65536;
/** Of the memory that a module imports: the pages of an arena before its first case, and its maximum, which has to be declared. */
const maxInitialPages = 2;
const maxPages = 65536;

function refuse(why: string): never {
  throw new CandidateError(why);
}

/**
 * Throws CandidateError unless the module
 *   - imports `env.memory` alone (in a profile build `env.mark` as well), within the limits of the arena,
 *   - exports `run` (the cell checks the count of its parameters),
 *   - has no memory and no start function of its own, and no more bytes than a kernel needs.
 *
 * A start function would run outside the timed calls. `scratchBytes` does too, but it sees only the dims.
 */
export function checkModule(bytes: Uint8Array, marks = false, startHint = 'move its work into run'): void {
  if (bytes.length > maxBytes) refuse(`makes a module of ${bytes.length} bytes: the limit is ${maxBytes}`);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(new Uint8Array(bytes));
  } catch (error) {
    refuse(`is not a valid WebAssembly module: ${messageOf(error)}`);
  }
  const foreign = WebAssembly.Module.imports(module).find(
    ({ module: from, name, kind }) =>
      from !== 'env' ||
      !((name === 'memory' && kind === 'memory') || (marks && name === 'mark' && kind === 'function')),
  );
  if (foreign) {
    const { module: from, name, kind } = foreign;
    refuse(`imports the ${kind} ${from}.${name}: the only import allowed is the memory env.memory`);
  }
  const { memory, ownMemories, start, dataBytes } = partsOf(bytes);
  if (memory === null) refuse(`does not import its memory: ${memoryImport}, where the tensors lie`);
  const { initial, maximum, shared, odd } = memory;
  if (!shared || odd) refuse(`imports a memory of another kind: ${memoryImport}`);
  if (initial > maxInitialPages || maximum !== maxPages) {
    refuse(
      `imports a memory of ${initial} to ${maximum} pages: ` +
        `the minimum may be at most ${maxInitialPages}, and the maximum has to be ${maxPages}`,
    );
  }
  if (ownMemories > 0) refuse('has a memory of its own: scratch comes from scratchBytes(nthreads, ...dims)');
  if (start) refuse(`has a start function, which would run untimed: ${startHint}`);
  if (dataBytes > maxData) refuse(`brings ${dataBytes} bytes of data: the limit is ${maxData}`);
  const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
  if (functions.some(({ name }) => name === 'run')) return;
  const names = functions.map(({ name }) => name).join(', ') || 'no function';
  refuse(`exports ${names}: export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)`);
}

/**
 * The module with its imported memory declared as shared. A linker does that only if all objects were made for threads, and then writes
 * tables by a start function; a module itself does not tell one kind of memory from the other.
 */
export function declareShared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = Buffer.from(bytes).indexOf(unshared, 0, 'latin1');
  const copy = new Uint8Array(bytes);
  if (at >= 0) copy[at + unshared.length - 1] = 3;
  return copy;
}

/** An import as it stands in a module: the names, each after its length, the kind memory, and the flag of a maximum. */
const unshared = '\x03env\x06memory\x02\x01';

/**
 * A ready-made module: its bytes; their text for a record, a data URL, which gives them back; and what its section `nfold` says in the
 * lines of a head comment, or ''. Throws CandidateError.
 */
export function readModule(file: string): { readonly bytes: Uint8Array; readonly text: string; readonly head: string } {
  const content = contentOf(file, maxBytes);
  if (typeof content === 'string') refuse(content);
  const bytes = declareShared(new Uint8Array(content));
  checkModule(bytes);
  const [section = []] = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'nfold');
  const text = `data:application/wasm;base64,${content.toString('base64')}\n`;
  return { bytes, text, head: Buffer.from(section as ArrayBuffer).toString() };
}

/** In pages. An `odd` memory has 64-bit addresses, or pages of another size. */
type Memory = { initial: number; maximum: number; shared: boolean; odd: boolean };

const section = { import: 2, memory: 5, start: 8, data: 11 } as const;
const importKind = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/** Reads a valid module. Source: WebAssembly core specification, binary format, modules. */
function partsOf(bytes: Uint8Array) {
  const found = { memory: null as Memory | null, ownMemories: 0, start: false, dataBytes: 0 };
  const reader = new Reader(bytes, 8);
  while (reader.more()) {
    const id = reader.byte();
    const size = reader.number();
    const content = reader.part(size);
    if (id === section.import) found.memory = importedMemory(content);
    else if (id === section.memory) found.ownMemories = content.number();
    else if (id === section.start) found.start = true;
    else if (id === section.data) found.dataBytes += size;
  }
  return found;
}

/** Only functions can stand before the memory, since `checkModule` refuses all other imports. */
function importedMemory(imports: Reader): Memory | null {
  for (let left = imports.number(); left > 0; left--) {
    imports.part(imports.number());
    imports.part(imports.number());
    const kind = imports.byte();
    if (kind === importKind.function) imports.number();
    if (kind !== importKind.memory) continue;
    const flags = imports.byte();
    const initial = imports.number();
    const maximum = flags & 1 ? imports.number() : Number.POSITIVE_INFINITY;
    return { initial, maximum, shared: (flags & 2) !== 0, odd: flags > 3 };
  }
  return null;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  more(): boolean {
    return this.#at < this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++];
  }

  /** LEB128 */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  part(length: number): Reader {
    const start = this.#at;
    this.#at += length;
    return new Reader(this.#bytes.subarray(start, this.#at));
  }
}
