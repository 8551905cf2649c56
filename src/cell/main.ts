/** The child process: one variant, one case at a time. Messages come in order and are answered in order. */
import { CellArena } from './arena.ts';
import { type Kernel, makeKernel } from './kernel.ts';
import { Pool } from './pool.ts';
import type { Reply, Request } from './protocol.ts';
import { sample } from './sampler.ts';

const arena = new CellArena();
const pool = new Pool();
const send = (process.send as (reply: Reply) => boolean).bind(process);
let kernel: Kernel | null = null;

async function answer(request: Request): Promise<Reply> {
  const { id } = request;
  try {
    if (request.type === 'open') {
      kernel = null;
      kernel = await makeKernel(request.opening, arena, pool);
      return { id, ok: true };
    }
    if (!kernel) throw new Error('no case is open in this cell');
    return { id, ok: true, samples: await sample(kernel, arena, request.sampling) };
  } catch (error) {
    return { id, ok: false, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

let last: Promise<unknown> = Promise.resolve();
process.on('message', (request: Request) => {
  last = last.then(async () => send(await answer(request)));
});
process.on('disconnect', () => process.exit(0));
