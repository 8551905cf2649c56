/** How fast a tile runs in a V8 with given flags, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { flopOf, type Shape } from './tiles.ts';

/** The best rate of each shape over the sweeps: a disturbance must last for all of them to be seen. */
export class Rates {
  readonly #best = new Map<string, number>();
  take(shape: Shape, bytes: Uint8Array, flags: readonly string[]): void {
    this.#best.set(this.#key(shape, flags), Math.max(this.of(shape, flags), rate(bytes, shape, flags)));
  }
  of(shape: Shape, flags: readonly string[]): number {
    return this.#best.get(this.#key(shape, flags)) ?? 0;
  }
  #key({ what }: Shape, flags: readonly string[]): string {
    return `${what} ${flags}`;
  }
}

/** Gflop/s of the best of many short runs in a process with these flags. */
function rate(bytes: Uint8Array, shape: Shape, flags: readonly string[]): number {
  const script = `
    const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
    new Float32Array(memory.buffer).fill(1e-3);
    const module = new WebAssembly.Module(Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64'));
    const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports;
    let best = Infinity;
    for (let i = 0; i < 40; i++) {
      const start = process.hrtime.bigint();
      run(200);
      best = Math.min(best, Number(process.hrtime.bigint() - start));
    }
    console.log(best / 200);`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--no-liftoff', ...flags, '--eval', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return flopOf(shape) / Number(stdout);
}
