/**
 * A process of the C program, asked by the commands that main.c lists. Its pipes are FIFOs, since a timed call may not wait for a turn of
 * the event loop, and Node's own pipes cannot be read otherwise. When this process ends, in whatever way, the pipe closes and the
 * program ends; when the program ends, a read or write says so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TypedArray } from '../../../src/contract/op.ts';

const nameBytes = 32;

export class Program {
  isAlive = true;
  readonly #commands: number;
  readonly #answers: number;

  private constructor(commands: number, answers: number) {
    this.#commands = commands;
    this.#answers = answers;
  }

  static async start(file: string, threads: number): Promise<Program> {
    const folder = mkdtempSync(join(process.cwd(), 'plain-c-'));
    try {
      const [commands, answers] = fifos(folder);
      const child = spawn(file, {
        stdio: [commands.read, answers.write, 'ignore'],
        env: { OMP_NUM_THREADS: `${threads}` },
      });
      for (const end of [commands.read, answers.write]) closeSync(end);
      child.unref();
      await once(child, 'spawn').catch((error: Error) => {
        throw new Error(`its C program could not be started: ${error.message}`);
      });
      return new Program(commands.write, answers.read);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Forgets the case before. */
  open(op: string, dims: readonly number[], scalars: readonly number[], tensors: readonly TypedArray[]): void {
    const integers = (values: readonly number[]) => Int32Array.from(values);
    this.#put(Buffer.from(`O${op.padEnd(nameBytes, '\0')}`));
    this.#put(integers([tensors.length, dims.length, scalars.length]));
    this.#put(integers(tensors.map(({ length }) => length)));
    this.#put(integers(dims));
    this.#put(Float32Array.from(scalars));
    const [known] = this.#get(new Int32Array(1));
    if (!known) throw new Error(`its C program has no ${op}`);
  }

  load(tensors: readonly TypedArray[]): void {
    this.#put(Buffer.from('L'));
    for (const tensor of tensors) this.#put(tensor);
  }

  /** The nanoseconds that the work took there. */
  run(): number {
    this.#put(Buffer.from('R'));
    return this.#get(new Float64Array(1))[0];
  }

  store(tensors: readonly TypedArray[]): void {
    this.#put(Buffer.from('S'));
    for (const tensor of tensors) this.#get(tensor);
  }

  #put(values: NodeJS.ArrayBufferView): void {
    this.#move(values, (bytes) => writeSync(this.#commands, bytes));
  }

  #get<T extends NodeJS.ArrayBufferView>(values: T): T {
    this.#move(values, (bytes) => readSync(this.#answers, bytes));
    return values;
  }

  /** To the last byte. */
  #move({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView, some: (bytes: Uint8Array) => number): void {
    try {
      for (let at = 0; at < byteLength; ) {
        const moved = some(new Uint8Array(buffer, byteOffset + at, byteLength - at));
        if (moved === 0) throw new Error('the pipe is closed');
        at += moved;
      }
    } catch {
      this.#end();
      throw new Error('its C program ended early');
    }
  }

  #end(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    for (const end of [this.#commands, this.#answers]) closeSync(end);
  }
}

/** Both ends of two FIFOs. To open one end waits for the other, unless somebody has both: that is `both`, for the moment. */
function fifos(folder: string) {
  const paths = ['commands', 'answers'].map((name) => join(folder, name));
  const { status } = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore', env: { PATH: '/usr/bin:/bin' } });
  if (status !== 0) throw new Error('mkfifo, a command of the system, makes no pipe for its C program');
  return paths.map((path) => {
    const both = openSync(path, constants.O_RDWR);
    const ends = { read: openSync(path, constants.O_RDONLY), write: openSync(path, constants.O_WRONLY) };
    closeSync(both);
    return ends;
  });
}
