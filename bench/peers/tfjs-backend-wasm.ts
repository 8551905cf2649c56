/** TensorFlow.js on its WebAssembly backend: XNNPACK, one thread in Node. */
import type { Peer } from '../../src/contract/peer.ts';
import { library } from './library.ts';

export default {
  about: 'TensorFlow.js, WebAssembly backend (XNNPACK, 1 thread)',
  library: '@tensorflow/tfjs-backend-wasm',
  threads: 'one',
  slowOps: ['train_gpt2'],
  async bind(...given) {
    const { bindTfjs } = await library(['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'], async () => {
      const tf = await import('@tensorflow/tfjs-core');
      await import('@tensorflow/tfjs-backend-wasm');
      if (tf.getBackend() !== 'wasm' && !(await tf.setBackend('wasm'))) throw new Error('its backend did not start');
      await tf.ready();
      return import('./tfjs.ts');
    });
    return bindTfjs(...given);
  },
} satisfies Peer;
