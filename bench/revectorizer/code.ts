/** The loops that matter in code of tiles. */
import { counter, type Loop, loops, machineCode } from '../../src/inspect/code.ts';

/** Of a loop that sums: it multiplies and adds, and stores nothing but what did not fit the registers. */
interface SumLoop {
  /** Fused multiply-adds on 256-bit and on 128-bit registers. */
  readonly fma256: number;
  readonly fma128: number;
  readonly spills: number;
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
