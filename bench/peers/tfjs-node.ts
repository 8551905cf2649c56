/** TensorFlow.js on native libtensorflow. Optional: its install step downloads the library, which not every machine may do. */
import util from 'node:util';
import { NotInstalled, type Peer } from '../../src/contract/peer.ts';
import { bindTfjs } from './tfjs.ts';

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
    try {
      // Its backend registers itself, with the same tfjs-core.
      await import(name);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ERR_MODULE_NOT_FOUND')
        throw new NotInstalled('not installed: npm could not fetch or build its native library');
      throw new Error(`installed but broken: ${message.split('\n')[0]}`);
    }
    return bindTfjs(...given);
  },
} satisfies Peer;
