/** The child process that compiles AssemblyScript, WAT and, with a compiler that is WebAssembly itself, C. It reads candidates' code and runs none of it. */
import type { Tree } from '@yowasp/clang';
import type { CompileReply, CompileRequest } from './compile.ts';

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

async function wat(text: string): Promise<Uint8Array> {
  const { default: wabt } = await import('wabt');
  const features = { simd: true, relaxed_simd: true, threads: true, bulk_memory: true, sign_extension: true };
  const parsed = (await wabt()).parseWat('module.wat', text, { ...features, mutable_globals: true, multi_value: true });
  try {
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

/** The file `out.wasm` that clang and its linker make. The files that they see are these and their own. */
async function c(steps: readonly (readonly string[])[], files: Readonly<Record<string, string>>): Promise<Uint8Array> {
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
    return tree['out.wasm'] as Uint8Array;
  } catch (error) {
    throw new Error(log || String(error));
  }
}

async function answer(request: CompileRequest): Promise<CompileReply> {
  switch (request.type) {
    case 'assemblyscript':
      return { bytes: await assemblyScript(request.entry, request.files) };
    case 'wat':
      return { bytes: await wat(request.text) };
    case 'c':
      return { bytes: await c(request.commands, request.files) };
  }
}

process.on('message', async (request: CompileRequest) => {
  const send = (reply: CompileReply) => process.send?.(reply);
  try {
    send(await answer(request));
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
