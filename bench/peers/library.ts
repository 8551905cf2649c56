/** Loads the library of a peer, which lies beside nfold or beside the project that has nfold. */
import { NotInstalled } from '../../src/contract/peer.ts';

/** What `load` returns. Throws NotInstalled, with the command that installs these packages, or says in a line why they do not work. */
export async function library<T>(packages: readonly string[], load: () => Promise<T>, remark = ''): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
      throw new NotInstalled(`not installed: 'npm install ${packages.join(' ')}' adds it${remark}`);
    throw new Error(`installed but broken: ${message.split('\n')[0]}`);
  }
}
