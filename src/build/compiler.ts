/** The child process that compiles: AssemblyScript, WAT, and the code of generators, which is not ours to run elsewhere. */
import type { Generator } from '../contract/candidate.ts';
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

/** asc prints `ERROR TS2304: Cannot find name 'x'.`, then the line it stands in, boxed; the location closes the box. */
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

async function evaluate(code: string): Promise<Record<string, unknown>> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const module = await import(url);
  if (typeof module.default !== 'object' || module.default === null) throw new Error('it has no default export');
  return module.default;
}

async function answer(request: CompileRequest): Promise<CompileReply> {
  switch (request.type) {
    case 'assemblyscript':
      return { ok: true, bytes: await assemblyScript(request.entry, request.files) };
    case 'wat':
      return { ok: true, bytes: await wat(request.text) };
    case 'describe': {
      const { about, flags, source, threads, tunable, setup, generate, parameters } = await evaluate(request.code);
      const is = (value: unknown) => typeof value === 'function';
      const functions = { setup: is(setup), generate: is(generate), parameters: is(parameters) };
      return { ok: true, description: { about, flags, source, threads, tunable, ...functions } };
    }
    case 'parameters': {
      const { parameters } = (await evaluate(request.code)) as unknown as Required<Generator>;
      return { ok: true, parameters: parameters(request.dims, request.caches) };
    }
    case 'generate': {
      const { generate } = (await evaluate(request.code)) as unknown as Generator;
      const made: unknown = generate(request.dims, request.parameters);
      if (typeof made === 'string') return { ok: true, bytes: await wat(made) };
      if (made instanceof Uint8Array) return { ok: true, bytes: made };
      throw new Error('generate(dims) returned neither WAT text nor the bytes of a module');
    }
  }
}

process.on('message', async (request: CompileRequest) => {
  const send = (reply: CompileReply) => process.send?.(reply);
  try {
    send(await answer(request));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ ok: false, error: text.split('\n').slice(0, 2).join(' ').trim() });
  }
});
process.on('disconnect', () => process.exit(0));
