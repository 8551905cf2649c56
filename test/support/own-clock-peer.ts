/** Copies inp1 to out, and says by its own clock that this took as many nanoseconds as inp2 begins with; 0 is none. */
import type { Peer } from '../../src/contract/peer.ts';

export default {
  about: 'has a clock of its own',
  library: null,
  threads: 'given',
  async bind(_op, _dims, _scalars, { out, inp1, inp2 }, { threads, prepared }) {
    if (prepared !== `for ${threads}`) throw new Error(`${prepared}, and there are ${threads}`);
    return {
      load() {},
      run() {
        out.set(inp1);
        return inp2[0] === 0 ? undefined : inp2[0];
      },
      store() {},
    };
  },
} satisfies Peer;
