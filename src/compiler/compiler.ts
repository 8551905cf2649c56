/** The child process that compiles AssemblyScript and WAT, and disassembles modules. It reads candidates' code and runs none of it. */
import type { CompilerReply, CompilerRequest, Disassembly } from './compile.ts';

async function assemblyScript(entry: string, files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc');
  const stderr = asc.createMemoryStream();
  let binary: Uint8Array | null = null;
  const options = [
    ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ['--enable', 'simd', '--enable', 'relaxed-simd', '--enable', 'threads'],
  ].flat();
  const { error } = await asc.main([entry, '--outFile', 'out.wasm', ...options], {
    stderr,
    stdout: asc.createMemoryStream(),
    readFile: (name: string) => files[name] ?? null,
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(firstError(stderr.toString()) || error?.message || 'no module came out');
  return binary;
}

/** asc prints `ERROR TS2304: Cannot find name 'x'.`, then a box with the line in question; the location closes the box. */
function firstError(log: string): string {
  const message = /^(?:ERROR|FAILURE) *(?:[A-Z0-9]+)?:? *(.*)$/m.exec(log)?.[1] ?? '';
  const place = /in ([^\s(]+)\((\d+),\d+\)/.exec(log);
  return place ? `${message} (${place[1]}, line ${place[2]})` : message;
}

const features = {
  ...{ simd: true, relaxed_simd: true, threads: true, bulk_memory: true, sign_extension: true },
  ...{ mutable_globals: true, multi_value: true },
};

async function wat(text: string): Promise<Uint8Array> {
  const { default: wabt } = await import('wabt');
  const parsed = (await wabt()).parseWat('module.wat', text, features);
  try {
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

async function disassemble(bytes: Uint8Array): Promise<Disassembly> {
  const { default: wabt } = await import('wabt');
  // A copy: wabt reads the whole buffer behind a view.
  const parsed = (await wabt()).readWasm(new Uint8Array(bytes), features);
  try {
    return { text: parsed.toText({}), offsets: offsetsIn(parsed.toBinary({ log: true }).log) };
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

async function answer(request: CompilerRequest): Promise<Uint8Array | Disassembly> {
  switch (request.type) {
    case 'assemblyscript':
      return assemblyScript(request.entry, request.files);
    case 'wat':
      return wat(request.text);
    case 'disassemble':
      return disassemble(request.bytes);
  }
}

process.on('message', async (request: CompilerRequest) => {
  const send = (reply: CompilerReply) => process.send?.(reply);
  try {
    send({ made: await answer(request) });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ error: text.split('\n').slice(0, 2).join(' ').trim() });
  }
});
process.on('disconnect', () => process.exit(0));
