/** The child process: one variant, one case at a time. Messages come in order and are answered in order. */
import { types } from 'node:util';
import { CellArena } from './arena.ts';
import { type Kernel, makeKernel } from './kernel.ts';
import { Pool } from './pool.ts';
import type { Evaluation, Reply, Request } from './protocol.ts';
import { Realm } from './realm.ts';
import { sample } from './sampler.ts';

const arena = new CellArena();
const pool = new Pool();
const send = (process.send as (reply: Reply) => boolean).bind(process);
let kernel: Kernel | null = null;

async function answer(request: Request): Promise<Reply> {
  const { id } = request;
  try {
    switch (request.type) {
      case 'threads':
        await pool.grow(request.threads - 1);
        return { id, ok: true };
      case 'open':
        kernel = null;
        kernel = await makeKernel(request.opening, arena, pool);
        return { id, ok: true };
      case 'sample':
        if (!kernel) throw new Error('no case is open in this cell');
        return { id, ok: true, samples: await sample(kernel, arena, request.sampling) };
      case 'evaluate':
        return { id, ok: true, value: evaluate(request.evaluation) };
    }
  } catch (error) {
    // The class is another one in the bundle of a cell.
    const absent = trusted(request) && error instanceof Error && error.name === 'NotInstalled';
    return { id, ok: false, error: absent ? error.message : textOf(error), unsupported: absent };
  }
}

const trusted = (request: Request) => request.type === 'open' && request.opening.artifact.kind === 'peer';

/** More than any module or its text. */
const maxReturned = 2 ** 25;

function evaluate({ code, method, args = [] }: Evaluation): Uint8Array | string {
  const realm = new Realm();
  const candidate = realm.load(code);
  const described = () =>
    Object.entries(candidate).map(([key, value]) => [key, typeof value === 'function' ? true : value]);
  const call = (name: string) =>
    (candidate[name] as (...args: unknown[]) => unknown)(...args.map((arg) => realm.copy(arg)));
  const value = method === undefined ? realm.record(Object.fromEntries(described())) : call(method);
  const returned = types.isUint8Array(value) ? new Uint8Array(value) : (realm.json(value) ?? 'null');
  if (returned.length <= maxReturned) return returned;
  throw new Error(`it returns ${returned.length} bytes: ${maxReturned} are the most`);
}

/** What was thrown, which may be anything, in words; the name of an error only where it says something. */
function textOf(error: unknown): string {
  try {
    if (!types.isNativeError(error)) return String(error).slice(0, 500);
    const { name, message } = error;
    return `${name === 'Error' ? '' : `${name}: `}${message}`.slice(0, 500);
  } catch {
    return 'it threw what cannot be shown';
  }
}

let last: Promise<unknown> = Promise.resolve();
process.on('message', (request: Request) => {
  last = last.then(async () => send(await answer(request)));
});
process.on('disconnect', () => process.exit(0));
send({ id: 0, ok: true });
