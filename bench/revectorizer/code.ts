/** What V8 makes of a WebAssembly module: its machine code, printed by V8 itself in a process of its own, and counted. */
import { spawnSync } from 'node:child_process';

/** What lies between a jump backwards and where it goes. */
export interface Loop {
  readonly instructions: readonly string[];
  /** Arithmetic on 256-bit and on 128-bit registers; loads, stores, spreads and moves are none. */
  readonly wide: number;
  readonly narrow: number;
  /** Halves put together into a 256-bit register, or taken from one. */
  readonly joins: number;
  /** Vectors moved to or from the stack: what did not fit the registers. */
  readonly spills: number;
}

/** Of a loop that sums: it multiplies and adds, and stores nothing but what did not fit the registers. */
export interface SumLoop {
  /** Fused multiply-adds on 256-bit and on 128-bit registers. */
  readonly fma256: number;
  readonly fma128: number;
  readonly spills: number;
}

/** Null where V8 prints no code that we can read: other processors than x64, a module or a flag that it refuses. */
export function machineCode(module: Uint8Array, flags: readonly string[]): string | null {
  if (process.arch !== 'x64') return null;
  return compiled(module, ['--print-wasm-code', ...flags]);
}

/** What V8 says of the module while its optimizing compiler alone compiles all of it; null if it refuses the module or a flag. */
export function compiled(module: Uint8Array, flags: readonly string[]): string | null {
  const script = `new WebAssembly.Module(Buffer.from('${Buffer.from(module).toString('base64')}', 'base64'))`;
  const eager = ['--no-liftoff', '--no-wasm-lazy-compilation', '--single-threaded'];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28, env: {} } as const;
  const { stdout, status } = spawnSync(process.execPath, [...eager, ...flags, '--eval', script], options);
  return status === 0 ? stdout : null;
}

export function sumLoops(module: Uint8Array, flags: readonly string[]): readonly SumLoop[] | null {
  const code = machineCode(module, flags);
  return code === null ? null : loops(code).flatMap(sumLoop);
}

export function loops(code: string): readonly Loop[] {
  return code.split('--- WebAssembly code ---').flatMap(loopsOf);
}

/** The shortest loop with vector arithmetic in it. */
export function inner(code: string): Loop | null {
  const [shortest] = loops(code)
    .filter(({ wide, narrow }) => wide + narrow > 0)
    .sort((a, b) => a.instructions.length - b.instructions.length);
  return shortest ?? null;
}

function loopsOf(code: string): Loop[] {
  const lines = [...code.matchAll(/^(0x[0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+ +(.*)$/gm)];
  const at = new Map(lines.map(([, address], i) => [address, i]));
  return lines.flatMap(([, , text], end) => {
    const start = at.get(/^j\w+ (0x[0-9a-f]+)/.exec(text)?.[1] ?? '');
    if (start === undefined || start >= end) return [];
    const instructions = lines.slice(start, end + 1).map(([, , instruction]) => instruction);
    // From behind the function's end, where its rare cases stand, a jump leads back into the loop that it left.
    if (instructions.some((text) => text.startsWith('ret'))) return [];
    const count = counter(instructions);
    return [
      {
        instructions,
        wide: count(/^v(?!mov|broadcast|insert|extract|perm2)\w+ ymm/),
        narrow: count(/^v(?!mov|broadcast|insert|extract|perm2)\w+ xmm/),
        joins: count(/^v(insert|extract|perm2)[fi]128/),
        spills: count(/^v\w+ (?:\[rbp-|.*mm\d+,\[rbp-)/),
      },
    ];
  });
}

function sumLoop({ instructions, spills }: Loop): SumLoop[] {
  const count = counter(instructions);
  const found = { fma256: count(/^vfn?madd\w+ ymm/), fma128: count(/^vfn?madd\w+ xmm/), spills };
  const stores = count(/^vmov\w+ \[(?!rbp)/);
  return found.fma256 + found.fma128 > 0 && stores === 0 ? [found] : [];
}

function counter(instructions: readonly string[]): (pattern: RegExp) => number {
  return (pattern) => instructions.filter((text) => pattern.test(text)).length;
}
