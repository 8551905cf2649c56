/** TensorFlow.js on native libtensorflow. Optional: its install step downloads the library, which not every machine may do. */
import util from 'node:util';
import type { Peer } from '../../src/contract/peer.ts';
import { library } from './library.ts';

const name = '@tensorflow/tfjs-node';

export default {
  about: 'TensorFlow.js, native libtensorflow',
  library: name,
  threads: 'any',
  async bind(...given) {
    // 4.22 calls two functions that Node 23 removed; the fix never reached a release.
    Object.assign(util, {
      isArray: Array.isArray,
      isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    });
    const load = async () => {
      // Its backend registers itself, with the same tfjs-core.
      await import(name);
      return import('./tfjs.ts');
    };
    const remark = ' where npm can fetch or build its native part';
    const { bindTfjs } = await library(['@tensorflow/tfjs-core', name], load, remark);
    return bindTfjs(...given);
  },
} satisfies Peer;
