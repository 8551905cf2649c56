/** Makes an artifact callable: instantiates or evaluates it over the arena, binds its arguments, and gives each thread its task. */
import type { Dtype } from '../contract/op.ts';
import type { Peer } from '../contract/peer.ts';
import type { Artifact } from '../contract/variant.ts';
import { type CellArena, imageBase, syncBytes } from './arena.ts';
import { Marks } from './marks.ts';
import { type Pool, setStack, stackPointer, type ThreadTask } from './pool.ts';
import { counterPrefix, type MarkedNs, markSymbol, type Opening } from './protocol.ts';
import { Realm } from './realm.ts';
import type { Schedstat } from './schedstat.ts';

export interface Kernel {
  /** Untimed: right before a call, after the inputs are in place. */
  before(): void;
  /** Timed. */
  call(): void;
  /** Untimed: right after a call, before the outputs are read. */
  after(): void;
  /** The scheduler's accounts of its threads, without the calling one. */
  readonly accounts?: readonly Schedstat[];
  /** Nanoseconds that the last call's own process measured, if it has one. */
  ownNs?(): number | undefined;
  /** The marks of the last call, in a profile. */
  marked?(): MarkedNs;
  /** The counters of a module that counts. */
  counts?(): number[];
}

/** The parts of a cell that a kernel is made of. */
interface Setting {
  readonly opening: Opening;
  readonly arena: CellArena;
  readonly pool: Pool;
  readonly mark?: Marks['mark'];
}

type PeerArtifact = Extract<Artifact, { kind: 'peer' }>;

const nothing = () => {};

/** The stack of a thread, and what lies below it and is watched: as much as the largest frame of a function of C. */
const [stackBytes, guardBytes] = [65536, 32768];

/** Forgets the case before. Throws what is wrong with the artifact. */
export async function makeKernel(opening: Opening, arena: CellArena, pool: Pool): Promise<Kernel> {
  arena.reset(opening.bytes, opening.noise);
  if (!opening.marks) return plainKernel({ opening, arena, pool });
  const marks = new Marks();
  const kernel = await plainKernel({ opening, arena, pool, mark: marks.mark });
  return { ...kernel, call: () => marks.over(kernel.call), marked: () => marks.sums() };
}

async function plainKernel(setting: Setting): Promise<Kernel> {
  const { artifact } = setting.opening;
  switch (artifact.kind) {
    case 'wasm':
      return wasmKernel(setting, artifact.bytes);
    case 'js':
      return jsKernel(setting, artifact.code);
    case 'peer':
      return peerKernel(setting, artifact);
  }
}

const modules = new Map<string, WebAssembly.Module>();

/** Compiled once a cell, so that a case finds the code that an earlier one has warmed. */
function compiled(bytes: Uint8Array): WebAssembly.Module {
  const key = Buffer.from(bytes).toString('latin1');
  const module = modules.get(key) ?? new WebAssembly.Module(new Uint8Array(bytes));
  modules.set(key, module);
  return module;
}

function wasmKernel({ opening, arena, pool, mark }: Setting, bytes: Uint8Array): Kernel {
  const { threads, slots, op } = opening;
  const module = compiled(bytes);
  const instance = new WebAssembly.Instance(module, { env: { memory: arena.memory, ...(mark && { mark }) } });
  const run = instance.exports.run as (...args: number[]) => void;
  const scratchBytes = instance.exports.scratchBytes as ((...args: number[]) => number) | undefined;
  const dims = Object.values(opening.dims);
  const rest = [...slots.map(({ offset }) => imageBase + offset), ...dims, ...Object.values(opening.scalars)];
  if (run.length !== rest.length + 3) {
    const names = [...slots.map(({ name }) => name), ...Object.keys(opening.dims), ...Object.keys(opening.scalars)];
    throw new Error(
      `exports run with ${run.length} parameters where ${op} calls for ${rest.length + 3}: ` +
        `run(tid, nthreads, ${names.join(', ')}, scratch)`,
    );
  }
  const hasStack = WebAssembly.Module.exports(module).some(
    ({ name, kind }) => name === stackPointer && kind === 'global',
  );
  const guards = Array.from({ length: hasStack ? threads : 0 }, () => {
    return { offset: arena.allocate(guardBytes + stackBytes) - imageBase, length: guardBytes };
  });
  const stackOf = (tid: number) => (hasStack ? imageBase + guards[tid].offset + guardBytes + stackBytes : undefined);
  setStack(instance, stackOf(0));
  const untouched = arena.read(guards);
  const wanted = scratchBytes ? scratchBytes(threads, ...dims) : 0;
  if (!(wanted >= 0)) throw new Error(`scratchBytes returned ${wanted}, not a number of bytes below 2^31`);
  const scratch = arena.allocate(Math.max(syncBytes, wanted));
  const args = (tid: number) => [tid, threads, ...rest, scratch];
  const tasks: ThreadTask[] = [];
  for (let tid = 1; tid < threads; tid++)
    tasks.push({ module, memory: arena.memory, args: args(tid), stack: stackOf(tid) });
  pool.assign(tasks, opening.untimed ?? false);
  const own = args(0);
  return {
    accounts: pool.accounts(),
    before() {
      arena.zero(scratch, syncBytes);
      pool.ready();
    },
    call() {
      pool.go();
      run(...own);
      mark?.(0);
      pool.finish();
    },
    after() {
      pool.raise();
      if (!arena.holds(guards, untouched))
        throw new Error(`it needs more than its stack of ${stackBytes} bytes: take memory from scratchBytes`);
    },
    ...(opening.counts && { counts: () => countersOf(instance) }),
  };
}

function countersOf({ exports }: WebAssembly.Instance): number[] {
  const counts: number[] = [];
  while (`${counterPrefix}${counts.length}` in exports) {
    counts.push(Number((exports[`${counterPrefix}${counts.length}`] as WebAssembly.Global).value));
  }
  return counts;
}

/**
 * Runs the script anew for every case, in a realm of its own. V8 treats what a closure captures (the dims) as constants while that
 * closure exists once; a second `setup` of the same script would halve the speed of plain loops, the baseline's first of all.
 */
function jsKernel({ opening, arena, mark }: Setting, code: string): Kernel {
  const realm = new Realm(opening.console);
  if (mark) realm.lend(Symbol.for(markSymbol), mark);
  const view = (dtype: Dtype, address: number, length: number) =>
    realm.view(arena.memory.buffer, dtype, address, length);
  const allocate = (dtype: Dtype) => realm.wrap((length) => view(dtype, arena.allocate(4 * length), length));
  const own = realm.record({ f32: allocate('f32'), i32: allocate('i32') });
  const candidate = realm.load(code);
  if (typeof candidate.setup !== 'function') throw new Error('it has no function setup');
  const run = candidate.setup(realm.record(opening.dims), own);
  if (typeof run !== 'function') throw new Error('setup(dims, arena) returned no function');
  const slots = opening.slots.map(({ name, dtype, offset, length }) => [name, view(dtype, imageBase + offset, length)]);
  const tensors = realm.record(Object.fromEntries(slots));
  return { before: nothing, call: realm.bind(run, tensors, realm.record(opening.scalars)), after: nothing };
}

/** Peers bring their own memory and copy to and from the arena, untimed. */
async function peerKernel({ opening, arena }: Setting, { file, prepared }: PeerArtifact): Promise<Kernel> {
  const { op, dims, scalars, slots, threads } = opening;
  const { default: peer } = (await import(file)) as { default: Peer };
  const bound = await peer.bind(op, dims, scalars, arena.tensors(slots), { threads, prepared });
  let ownNs: number | undefined;
  return {
    before: bound.load,
    call() {
      ownNs = bound.run();
    },
    after: bound.store,
    ownNs: () => ownNs,
  };
}
