/**
 * ONNX Runtime's own CPU kernels (MLAS). Its public `session.run` waits for a turn of the event loop before it calls the native
 * function; what is timed is that function, which favours the peer by those microseconds.
 */
import { createRequire } from 'node:module';
import type { Peer } from '../../src/contract/peer.ts';
import { library } from './library.ts';
import { type Dims, gemmModel, shapes } from './onnx.ts';

type Values = Record<string, object>;

interface Session {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  run(feeds: Values, fetches: Values, options: object): Values;
}

interface Runtime {
  readonly binding: { readonly InferenceSession: new () => Session };
  initOrt(): void;
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => object;
}

const native = 'onnxruntime-node/dist/binding.js';

/** Its tensors come from a package that it depends on, which only it is sure to find. */
async function load(): Promise<Runtime> {
  const { Tensor } = createRequire(import.meta.resolve(native))('onnxruntime-common');
  return { ...(await import(native)), Tensor };
}

export default {
  about: 'ONNX Runtime, native (MLAS; a thread for each core, as it sets them)',
  library: 'onnxruntime-node',
  threads: 'any',
  async bind(_op, d, _scalars, { A, B, C }) {
    const { binding, initOrt, Tensor } = await library(['onnxruntime-node'], load, ' (290 MB)');
    initOrt();
    const dims = d as unknown as Dims;
    const model = gemmModel(dims);
    const session = new binding.InferenceSession();
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, {});
    const shape = shapes(dims);
    // Its own memory, allocated once: the library must not see the shared arena.
    const [a, b, c] = [A, B, C].map(({ length }) => new Float32Array(length));
    const feeds = { A: new Tensor('float32', a, shape.A), B: new Tensor('float32', b, shape.B) };
    const fetches = { C: new Tensor('float32', c, shape.C) };
    return {
      load() {
        a.set(A);
        b.set(B);
        c.fill(Number.NaN);
      },
      run: () => void session.run(feeds, fetches, {}),
      store: () => C.set(c),
    };
  },
} satisfies Peer;
