/** The child process that compiles AssemblyScript and WAT. It reads candidates' code and runs none of it. */
import type { CompileReply, CompileRequest } from './compile.ts';
import * as options from './options.ts';

async function assemblyScript(entry: string, files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { default: asc } = await import('assemblyscript/asc');
  const stderr = asc.createMemoryStream();
  let binary: Uint8Array | null = null;
  const { error } = await asc.main([entry, '--outFile', 'out.wasm', ...options.assemblyScript], {
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
  const parsed = (await wabt()).parseWat('module.wat', text, options.wat);
  try {
    return parsed.toBinary({}).buffer;
  } finally {
    parsed.destroy();
  }
}

async function answer(request: CompileRequest): Promise<CompileReply> {
  switch (request.type) {
    case 'assemblyscript':
      return { bytes: await assemblyScript(request.entry, request.files) };
    case 'wat':
      return { bytes: await wat(request.text) };
  }
}

process.on('message', async (request: CompileRequest) => {
  const send = (reply: CompileReply) => process.send?.(reply);
  try {
    send(await answer(request));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ error: text.split('\n').slice(0, 2).join(' ').trim() });
  }
});
process.on('disconnect', () => process.exit(0));
