/**
 * jax-js on its WebAssembly backend: kernels that it generates and fuses, and gradients by tracing. It uses threads where there is a global
 * Worker, as in browsers, and then has results only by a turn of the event loop, which a timed call does not wait for.
 */
import type { Peer } from '../../src/contract/peer.ts';
import { library } from './library.ts';

export default {
  about: 'jax-js, WebAssembly backend (jit, grad; 1 thread)',
  library: '@jax-js/jax',
  threads: 'one',
  async bind(...given) {
    const { bindJax } = await library(['@jax-js/jax'], async () => {
      const { init } = await import('@jax-js/jax');
      if (!(await init('wasm')).includes('wasm')) throw new Error('its backend did not start');
      return import('./jax.ts');
    });
    return bindJax(...given);
  },
} satisfies Peer;
