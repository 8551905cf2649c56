/**
 * Compiles the C program with the system's compiler, or the one that CC names. The result is kept where builds are kept; what is run is a
 * copy in this process's own temporary folder.
 */
import { readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cached } from '../../../src/build/cache.ts';
import { digestOf } from '../../../src/build/sources.ts';
import { privateFolder } from '../../../src/cell/folder.ts';
import { run } from '../../../src/compiler/clang.ts';
import { brief } from '../../../src/contract/errors.ts';
import { NotInstalled } from '../../../src/contract/peer.ts';
import { contentOf } from '../../../src/files/given.ts';
import { packageRoot } from '../../../src/files/places.ts';
import { writeNew } from '../../../src/files/write.ts';

const files = ['layers.h', 'pointwise.h', 'gpt2.h', 'main.c'];
/** No -ffast-math: sums keep their order. */
const usual = ['-std=gnu11', '-O3', '-march=native'];
const empty = 'int main(void) { return 0; }\n';

type Texts = Readonly<Record<string, string>>;

const made = new Map<string, Promise<string>>();

/** The path of the program, made once by the same compiler. Throws NotInstalled without a compiler, or without what a flag asks of it. */
export function executable(flags: readonly string[]): Promise<string> {
  const { CC, PATH } = process.env;
  const compiler = CC?.trim().split(/\s+/).filter(Boolean) ?? [];
  const command = compiler.length > 0 ? compiler : ['cc'];
  const key = JSON.stringify([command, PATH, flags]);
  const known = made.get(key) ?? make(command, flags);
  made.set(key, known);
  return known;
}

async function make(compiler: readonly string[], flags: readonly string[]): Promise<string> {
  const { code, log: version } = await run([...compiler, '--version'], '/');
  if (code !== 0)
    throw new NotInstalled(
      `no C compiler: '${compiler.join(' ')}' does not run here; install gcc or clang, or let CC name one`,
    );
  const texts: Texts = Object.fromEntries(
    files.map((file) => [file, readFileSync(join(packageRoot, 'bench/peers/plain-c', file), 'utf8')]),
  );
  const command = [...compiler, ...usual, ...flags];
  // -march=native makes code for this machine alone.
  const [{ model }] = cpus();
  const name = `plain-c-${digestOf(version, model, ...command, ...Object.values(texts))}`;
  const bytes = await cached(name, () => compile(command, texts));
  const file = join(privateFolder(), 'plain-c');
  writeNew(file, bytes, 0o700);
  return file;

  async function compile(command: readonly string[], texts: Texts): Promise<Uint8Array> {
    const { bytes, log } = await built(command, texts);
    if (bytes) return bytes;
    // Clang of Apple compiles C and has no OpenMP.
    if (flags.length > 0 && !(await built([...compiler, ...flags], { 'main.c': empty })).bytes)
      throw new NotInstalled(`'${compiler.join(' ')}' compiles C, but refuses ${flags.join(' ')}: ${firstError(log)}`);
    throw new Error(`its C program does not build with '${compiler.join(' ')}': ${firstError(log)}`);
  }
}

/** More than the program takes. */
const maxBytes = 2 ** 24;

/** Compiles main.c within the time of any build. Nothing is left behind. */
async function built(command: readonly string[], texts: Texts): Promise<{ bytes?: Uint8Array; log: string }> {
  const folder = privateFolder();
  try {
    for (const [file, text] of Object.entries(texts)) writeNew(join(folder, file), text);
    const { code, log } = await run([...command, 'main.c', '-o', 'program', '-lm'], folder);
    const bytes = code === 0 ? contentOf(join(folder, 'program'), maxBytes) : log;
    return typeof bytes === 'string' ? { log: code === 0 ? bytes : log } : { bytes, log };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The line that says most. */
function firstError(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  return brief(lines.find((line) => /\berror\b/i.test(line)) ?? lines[0] ?? 'it does not say why').slice(0, 200);
}
