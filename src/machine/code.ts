/** What V8 makes of a WebAssembly module: its machine code, printed by V8 itself in a process of its own, and counted. */
import { spawnSync } from 'node:child_process';

/** Of a loop that sums: it multiplies and adds, and stores nothing but what did not fit the registers. */
export interface SumLoop {
  /** Fused multiply-adds on 256-bit and on 128-bit registers. */
  readonly fma256: number;
  readonly fma128: number;
  /** Vectors moved to or from the stack: what did not fit the registers. */
  readonly spills: number;
}

/** Null where V8 prints no code that we can read: other processors than x64, a module that it refuses. */
export function sumLoops(module: Uint8Array, flags: readonly string[]): readonly SumLoop[] | null {
  if (process.arch !== 'x64') return null;
  const script = `new WebAssembly.Module(Buffer.from('${Buffer.from(module).toString('base64')}', 'base64'))`;
  const printing = ['--no-liftoff', '--no-wasm-lazy-compilation', '--single-threaded', '--print-wasm-code'];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28, env: {} } as const;
  const { stdout, status } = spawnSync(process.execPath, [...printing, ...flags, '--eval', script], options);
  if (status !== 0) return null;
  return stdout.split('--- WebAssembly code ---').flatMap(loopsOf);
}

/** A loop is what lies between a jump backwards and where it goes. */
function loopsOf(code: string): SumLoop[] {
  const lines = [...code.matchAll(/^(0x[0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+ +(.*)$/gm)];
  const at = new Map(lines.map(([, address], i) => [address, i]));
  return lines.flatMap(([, , text], end) => {
    const start = at.get(/^j\w+ (0x[0-9a-f]+)/.exec(text)?.[1] ?? '');
    if (start === undefined || start >= end) return [];
    const body = lines.slice(start, end + 1).map(([, , instruction]) => instruction);
    const found = counts(body);
    const sums = found.fma256 + found.fma128 > 0 && !body.some((instruction) => /^vmov\w+ \[(?!rbp)/.test(instruction));
    return sums ? [found] : [];
  });
}

function counts(body: readonly string[]): SumLoop {
  const count = (pattern: RegExp) => body.filter((text) => pattern.test(text)).length;
  return {
    fma256: count(/^vfn?madd\w+ ymm/),
    fma128: count(/^vfn?madd\w+ xmm/),
    spills: count(/^v\w+ (?:\[rbp-|.*mm\d+,\[rbp-)/),
  };
}
