/** Whether the kernels have the speedups that they should have, without the stopwatch. */
import { median } from 'simple-statistics';
import op from '../../baselines/sgemm/op.ts';
import { cases, moduleOf, slowdowns } from './kernels.ts';

/** Both programs in this process on the same memory, in turns, as ABBA: nothing of the stopwatch is in it. */
export async function truth(): Promise<void> {
  const calls = 600;
  for (const c of cases) {
    const { M, N, K } = c.dims;
    const times: number[][] = slowdowns.map(() => []);
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
    new Float32Array(memory.buffer).fill(1);
    const kernels: (() => void)[] = [];
    for (const percent of slowdowns) {
      const module = new WebAssembly.Module(new Uint8Array(await moduleOf(percent)));
      const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports.run as (...args: number[]) => void;
      const [A, B, C] = [65536, 65536 + 4 * M * K, 65536 + 4 * (M * K + K * N)];
      kernels.push(() => kernel(0, 1, A, B, C, ...Object.values(c.dims), 1, 0, 0));
    }
    for (const kernel of kernels) for (let i = 0; i < 300; i++) kernel();
    for (let call = 0; call < calls; call++) {
      const order = slowdowns.map((_, i) => (i + (call >> 1)) % slowdowns.length);
      for (const i of call % 2 === 0 ? order : order.toReversed()) {
        const start = process.hrtime.bigint();
        kernels[i]();
        times[i].push(Number(process.hrtime.bigint() - start));
      }
    }
    const base = median(times[0]);
    const ratios = slowdowns.map((percent, i) => `${percent} % more rows: ${(median(times[i]) / base).toFixed(4)}`);
    console.log(`${op.caseName(c)}  ${(base / 1e3).toFixed(0)} us a call; time / time without: ${ratios.join(', ')}`);
  }
}
