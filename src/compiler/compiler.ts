/**
 * The child process that reads sources and modules, compiles AssemblyScript, WAT and, with a compiler that is WebAssembly itself, C, and
 * disassembles modules. It reads candidates' code and runs none of it.
 */
import type { Tree } from '@yowasp/clang';
import type { CompileRequest, CompilerReply, CompilerRequest, Disassembly } from './compile.ts';
import * as options from './options.ts';
import { anatomyOf } from './sections.ts';
import { findIn, marked, readHead } from './texts.ts';

/** As plain as asc makes it: a module to be read, and not to be run. */
const readableFlags = [
  ['-O0', '--debug', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'threads'],
].flat();

async function assemblyScript({ entry, files, mapped, readable }: Extract<CompileRequest, { type: 'assemblyscript' }>) {
  const { default: asc } = await import('assemblyscript/asc');
  const stderr = asc.createMemoryStream();
  const written = new Map<string, Uint8Array | string>();
  const flags = [...(readable ? readableFlags : options.assemblyScript), ...(mapped ? ['--sourceMap'] : [])];
  const { error } = await asc.main([entry, '--outFile', 'out.wasm', ...flags], {
    stderr,
    stdout: asc.createMemoryStream(),
    readFile: (name: string) => files[name] ?? null,
    writeFile: (name: string, contents: Uint8Array | string) => void written.set(name, contents),
    listFiles: () => [],
  });
  const bytes = written.get('out.wasm');
  if (!error && bytes instanceof Uint8Array) return { bytes, map: written.get('out.wasm.map') as string };
  return firstError(stderr.toString(), files) ?? { error: error?.message || 'no module came out' };
}

/** asc prints `ERROR TS2304: Cannot find name 'x'.`, then a box with the line in question; the location closes the box. */
function firstError(log: string, files: Readonly<Record<string, string>>): CompilerReply | null {
  const found = /^(?:ERROR|FAILURE) *(?:[A-Z0-9]+)?:? *(.*)$/m.exec(log);
  if (!found) return null;
  const places = log.slice(found.index).matchAll(/in ([^\s(]+)\((\d+),(\d+)\)/g);
  // One of its library's files may come first.
  const place = [...places].find(([, file]) => file in files);
  return {
    error: found[1].replace(/\.$/, ''),
    place: place && { file: place[1], line: Number(place[2]), column: Number(place[3]) },
  };
}

async function wat({ text, mapped }: Extract<CompileRequest, { type: 'wat' }>): Promise<CompilerReply> {
  const { default: wabt } = await import('wabt');
  const { parseWat } = await wabt();
  try {
    // As UTF-8: of a string, wabt would take the low byte of each character.
    const parsed = parseWat('module.wat', new TextEncoder().encode(text).slice(), options.wat);
    try {
      const { buffer: bytes, log } = parsed.toBinary({ log: mapped });
      // V8 will refuse it; wabt says where it is wrong. Its types lack this parameter.
      const { validate }: { validate(features: object): void } = parsed;
      if (!WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) validate.call(parsed, options.wat);
      return { bytes, map: log };
    } finally {
      parsed.destroy();
    }
  } catch (error) {
    return watError(error as Error, text);
  }
}

/** wabt says `module.wat:3:9: error: unexpected token "x".` and counts bytes. */
function watError({ message }: Error, text: string): CompilerReply {
  const found = /^module\.wat:(\d+):(\d+): error: (.*)$/m.exec(message);
  if (!found) throw new Error(message);
  const [line, bytes] = found.slice(1).map(Number);
  const before = Buffer.from(text.split('\n')[line - 1] ?? '').subarray(0, bytes - 1);
  return {
    error: found[3].replace(/\.$/, ''),
    place: { file: 'module.wat', line, column: before.toString().length + 1 },
  };
}

async function disassemble({
  bytes,
  readable,
}: Extract<CompilerRequest, { type: 'disassemble' }>): Promise<Disassembly> {
  const { default: wabt } = await import('wabt');
  // A copy: wabt reads the whole buffer behind a view.
  const parsed = (await wabt()).readWasm(new Uint8Array(bytes), { ...options.wat, readDebugNames: readable });
  try {
    if (readable) {
      parsed.generateNames();
      parsed.applyNames();
    }
    const text = parsed.toText(readable ? { foldExprs: true, inlineExport: true } : {});
    return { text, offsets: offsetsIn(parsed.toBinary({ log: true }).log) };
  } finally {
    parsed.destroy();
  }
}

/** wabt logs what it writes, a line a field: `00000a1: 03        ; loop`. */
function offsetsIn(log: string): number[][] {
  const [, ...bodies] = log.split(/^; function body \d+$/m);
  return bodies.map((body) => {
    const start = Number.parseInt(/^([0-9a-f]+): .*; local decl count$/m.exec(body)?.[1] ?? '', 16);
    const places = [...body.matchAll(/^([0-9a-f]+): \w+ +; (?:loop|end)$/gm)];
    return places.map(([, place]) => Number.parseInt(place, 16) - start);
  });
}

/** The file `out.wasm` that clang and its linker make. The files that they see are these and their own. */
async function c({ commands: steps, files }: Extract<CompileRequest, { type: 'c' }>): Promise<CompilerReply> {
  const { commands } = await import('@yowasp/clang');
  let tree: Tree = {};
  for (const [path, text] of Object.entries(files)) {
    const parts = path.split('/');
    let folder = tree;
    for (const name of parts.slice(0, -1)) {
      folder[name] ??= {};
      folder = folder[name] as Tree;
    }
    folder[parts[parts.length - 1]] = new TextEncoder().encode(text);
  }
  let log = '';
  const decoder = new TextDecoder();
  const stderr = (bytes: Uint8Array | null) => {
    if (bytes) log += decoder.decode(bytes, { stream: true });
  };
  try {
    const options = { stderr, stdout: null, fetchProgress() {} };
    for (const [tool, ...args] of steps)
      tree = (await commands[tool as keyof typeof commands](args, tree, options)) as Tree;
    return { bytes: tree['out.wasm'] as Uint8Array };
  } catch (error) {
    return { error: log || String(error) };
  }
}

function moduleOf(bytes: Uint8Array): object {
  try {
    return anatomyOf(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return { error: error.message };
    throw error;
  }
}

async function answer(request: CompilerRequest): Promise<object> {
  switch (request.type) {
    case 'read':
      return readHead(request.kind, request.text);
    case 'marks':
      return marked(request.files, request.ops);
    case 'find':
      return findIn(request.texts, request.patterns, request.comments);
    case 'module':
      return moduleOf(request.bytes);
    case 'assemblyscript':
      return assemblyScript(request);
    case 'wat':
      return wat(request);
    case 'c':
      return c(request);
    case 'disassemble':
      return disassemble(request);
  }
}

process.on('message', async (request: CompilerRequest) => {
  const send = (reply: object) => process.send?.(reply);
  try {
    send(await answer(request));
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error), broken: true });
  }
});
process.on('disconnect', () => process.exit(0));
