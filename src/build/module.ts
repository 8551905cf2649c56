/** The contract of a WebAssembly module, read from its bytes, without running any of it. */
import { CandidateError } from '../contract/errors.ts';

const memoryImport = 'import "env" "memory" (memory 1 65536 shared)';

/** Far more than any kernel of ours: 20 kB, 4 kB. */
const maxBytes = 2 ** 20;
/** The page below the tensors, which is the module's own. */
const maxData = 65536;
/** Pages of an arena before its first case, and the most that it may declare. */
const minPages = 2;
const maxPages = 65536;

/**
 * Throws unless the module imports `env.memory` alone (in a profile build `env.mark` as well), within the limits of the arena, exports
 * `run`, has no memory and no start function of its own, and is of no more bytes than a kernel needs. The count of run's parameters is
 * the cell's to see.
 *
 * A start function is refused because it runs when nobody looks at the clock; so does `scratchBytes`, which knows as little.
 */
export function checkModule(bytes: Uint8Array, marks = false, startHint = 'all work is done in run'): void {
  if (bytes.length > maxBytes)
    throw new CandidateError(`makes a module of ${bytes.length} bytes: ${maxBytes} are the most`);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(new Uint8Array(bytes));
  } catch (error) {
    throw new CandidateError(`is not a valid WebAssembly module: ${error instanceof Error ? error.message : error}`);
  }
  checkImports(WebAssembly.Module.imports(module), marks);
  const { memory, memories, start, dataBytes } = partsOf(bytes);
  if (memory === null) {
    throw new CandidateError(`does not import its memory: ${memoryImport}, where the tensors lie`);
  }
  if (!memory.shared || memory.odd) throw new CandidateError(`imports a memory of another kind: ${memoryImport}`);
  if (memory.least > minPages || memory.most > maxPages) {
    throw new CandidateError(
      `wants ${memory.least} to ${memory.most} pages of memory: at the least up to ${minPages}, at the most up to ${maxPages}`,
    );
  }
  if (memories > 0)
    throw new CandidateError('has a memory of its own: scratch comes from scratchBytes(nthreads, ...dims)');
  if (start) throw new CandidateError(`has a start function, whose work nobody would time: ${startHint}`);
  if (dataBytes > maxData) throw new CandidateError(`brings ${dataBytes} bytes of data: ${maxData} are the most`);
  checkExports(WebAssembly.Module.exports(module));
}

function checkImports(imports: readonly WebAssembly.ModuleImportDescriptor[], marks: boolean): void {
  const foreign = imports.find(
    ({ module: from, name, kind }) =>
      from !== 'env' ||
      !((name === 'memory' && kind === 'memory') || (marks && name === 'mark' && kind === 'function')),
  );
  if (!foreign) return;
  const { module: from, name, kind } = foreign;
  throw new CandidateError(`imports the ${kind} ${from}.${name}: the only import allowed is the memory env.memory`);
}

function checkExports(exported: readonly WebAssembly.ModuleExportDescriptor[]): void {
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  if (functions.includes('run')) return;
  const names = functions.length > 0 ? functions.join(', ') : 'no function';
  throw new CandidateError(`exports ${names}: export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)`);
}

interface Parts {
  /** As imported, in pages; `odd` has 64-bit addresses, or pages of another size. */
  readonly memory: { least: number; most: number; shared: boolean; odd: boolean } | null;
  /** Of its own. */
  readonly memories: number;
  readonly start: boolean;
  readonly dataBytes: number;
}

const section = { import: 2, memory: 5, start: 8, data: 11 } as const;
const importKind = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/** Of a valid module. Source: WebAssembly core specification, binary format, modules. */
function partsOf(bytes: Uint8Array): Parts {
  const found = { memory: null as Parts['memory'], memories: 0, start: false, dataBytes: 0 };
  const reader = new Reader(bytes, 8);
  while (reader.more()) {
    const id = reader.byte();
    const size = reader.number();
    const content = reader.part(size);
    if (id === section.import) found.memory = importedMemory(content);
    else if (id === section.memory) found.memories = content.number();
    else if (id === section.start) found.start = true;
    else if (id === section.data) found.dataBytes += size;
  }
  return found;
}

/** Up to the memory there is nothing but functions, as `checkImports` knows. */
function importedMemory(imports: Reader): Parts['memory'] {
  for (let left = imports.number(); left > 0; left--) {
    imports.part(imports.number());
    imports.part(imports.number());
    const kind = imports.byte();
    if (kind === importKind.function) imports.number();
    if (kind !== importKind.memory) continue;
    const flags = imports.byte();
    const least = imports.number();
    const most = flags & 1 ? imports.number() : Number.POSITIVE_INFINITY;
    return { least, most, shared: (flags & 2) !== 0, odd: flags > 3 };
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
