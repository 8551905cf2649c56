/** What both peers in C do: nfold compiles their program, and a process of it works beside the cell. */
import type { Peer, PeerSetting } from '../../../src/contract/peer.ts';
import { Program } from './program.ts';

/** With more flags for the compiler. */
export const plainC = (flags: readonly string[]) =>
  ({
    library: null,
    slowOps: ['sgemm'],
    // Only nfold's own process builds, so only that loads what it takes.
    prepare: async () => (await import('./build.ts')).executable(flags),
    async bind(op, dims, scalars, tensors, setting) {
      const program = await running(setting);
      const all = Object.values(tensors);
      program.open(op, Object.values(dims), Object.values(scalars), all);
      return {
        load: () => program.load(all),
        run: () => program.run(),
        store: () => program.store(all),
      };
    },
  }) satisfies Partial<Peer>;

/** One for all cases of a cell. */
let program: Program | null = null;

async function running({ prepared = '', threads }: PeerSetting): Promise<Program> {
  if (!program?.isAlive) program = await Program.start(prepared, threads);
  return program;
}
