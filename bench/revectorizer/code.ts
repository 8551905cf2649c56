/** The loops in machine code of tiles, with counts of what the tables show. */
import { type Loop as Found, loops as found, machineCode } from '../../src/inspect/code.ts';

interface Loop extends Pick<Found, 'instructions'> {
  /** Arithmetic on 256-bit and on 128-bit registers; loads, stores, spreads and moves are none. */
  readonly wide: number;
  readonly narrow: number;
  /** Halves put together into a 256-bit register, or taken from one. */
  readonly joins: number;
  /** Vectors moved to or from the stack: what did not fit the registers. */
  readonly spills: number;
}

/** Of a loop that sums: it multiplies and adds, and stores nothing but what did not fit the registers. */
interface SumLoop {
  /** Fused multiply-adds on 256-bit and on 128-bit registers. */
  readonly fma256: number;
  readonly fma128: number;
  readonly spills: number;
}

export function loops(code: string): readonly Loop[] {
  return found(code).map(({ instructions }) => {
    const count = counter(instructions);
    return {
      instructions,
      wide: count(/^v(?!mov|broadcast|insert|extract|perm2)\w+ ymm/),
      narrow: count(/^v(?!mov|broadcast|insert|extract|perm2)\w+ xmm/),
      joins: count(/^v(insert|extract|perm2)[fi]128/),
      spills: count(/^v\w+ (?:\[rbp-|.*mm\d+,\[rbp-)/),
    };
  });
}

export async function sumLoops(module: Uint8Array, flags: readonly string[]): Promise<readonly SumLoop[] | null> {
  const code = await machineCode(module, flags);
  return code === null ? null : loops(code).flatMap(sumLoop);
}

/** The shortest loop with vector arithmetic in it. */
export function inner(code: string): Loop | null {
  const [shortest] = loops(code)
    .filter(({ wide, narrow }) => wide + narrow > 0)
    .sort((a, b) => a.instructions.length - b.instructions.length);
  return shortest ?? null;
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
