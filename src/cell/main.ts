/** The child process: one variant, one case at a time. Messages are answered in the order in which they come. */
import { types } from 'node:util';
import { CellArena } from './arena.ts';
import { type Kernel, makeKernel } from './kernel.ts';
import { Pool } from './pool.ts';
import type { Ask, Evaluation, Reply, Request, Samples } from './protocol.ts';
import { Realm } from './realm.ts';
import { sample } from './sampler.ts';

const arena = new CellArena();
const pool = new Pool();
const send = (process.send as (reply: Reply) => boolean).bind(process);
let kernel: Kernel | null = null;

async function answer(ask: Ask): Promise<{ samples?: Samples; value?: Uint8Array | string }> {
  switch (ask.type) {
    case 'threads':
      await pool.grow(ask.threads - 1);
      return {};
    case 'open':
      kernel = null;
      kernel = await makeKernel(ask.opening, arena, pool);
      return {};
    case 'sample':
      if (!kernel) throw new Error('no case is open in this cell');
      return { samples: await sample(kernel, arena, ask.sampling) };
    case 'evaluate':
      return { value: evaluate(ask.evaluation) };
  }
}

/** More than any module or its text has, and more than any description. */
const maxReturned = (method?: string) => (method === 'generate' ? 2 ** 24 : 2 ** 16);

function evaluate({ code, method, args = [], console }: Evaluation): Uint8Array | string {
  const realm = new Realm(console);
  const candidate = realm.load(code);
  const described = () =>
    Object.entries(candidate).map(([key, value]) => [key, typeof value === 'function' ? true : value]);
  const call = (name: string) =>
    (candidate[name] as (...args: unknown[]) => unknown)(...args.map((arg) => realm.copy(arg)));
  const value = method === undefined ? realm.record(Object.fromEntries(described())) : call(method);
  const returned = types.isUint8Array(value) ? new Uint8Array(value) : (realm.json(value) ?? 'null');
  const limit = maxReturned(method);
  if (returned.length <= limit) return returned;
  throw new Error(
    `${method ? `${method} returns` : 'its description has'} ${returned.length} bytes: the limit is ${limit}`,
  );
}

/** Anything may be thrown; an error's name is told only if it says something. */
function textOf(error: unknown): string {
  try {
    if (!types.isNativeError(error)) return String(error).slice(0, 500);
    const { name, message } = error;
    return `${name === 'Error' ? '' : `${name}: `}${message}`.slice(0, 500);
  } catch {
    return 'it threw a value that cannot be shown';
  }
}

/** The head and the foot of an error's stack: what is before the message of a syntax error, and the frames. Foreign code may run here. */
function stackOf(error: unknown): string | undefined {
  if (!types.isNativeError(error)) return undefined;
  try {
    const stack = String(error.stack);
    return stack.length < 8000 ? stack : `${stack.slice(0, 4000)}\n${stack.slice(-4000)}`;
  } catch {
    return '';
  }
}

/** A peer, which is trusted, may say that its library is absent. Its bundle has its own copy of the error's class. */
function failureOf(ask: Ask, error: unknown) {
  const trusted = ask.type === 'open' && ask.opening.artifact.kind === 'peer';
  const unsupported = trusted && error instanceof Error && error.name === 'NotInstalled';
  return { error: unsupported ? error.message : textOf(error), stack: stackOf(error), unsupported };
}

let last: Promise<unknown> = Promise.resolve();
process.on('message', ({ id, ...ask }: Request) => {
  last = last.then(() =>
    answer(ask).then(
      (found) => send({ id, ok: true, ...found, printed: Realm.last?.printed() }),
      (error) => send({ id, ok: false, ...failureOf(ask, error), printed: Realm.last?.printed() }),
    ),
  );
});
process.on('disconnect', () => process.exit(0));
send({ id: 0, ok: true });
