/** Loads the library of a peer, which lies beside nfold or beside the project that has nfold. */
import { NotInstalled } from '../../src/contract/peer.ts';

/** What `load` returns. Throws NotInstalled, with the command that installs these packages, of which the last may have a native part, or says in a line why they do not work. */
export async function library<T>(packages: readonly string[], load: () => Promise<T>, remark = ''): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const { version, platform, arch } = process;
    if (/native addon|\.node\b/.test(message))
      throw new NotInstalled(
        `installed without its native part for Node ${version}, ${platform} ${arch}, which npm fetches or builds: 'npm rebuild ${packages.at(-1)}' tries again`,
      );
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
      throw new NotInstalled(`not installed: 'npm install ${packages.join(' ')}' adds it${remark}`);
    throw new Error(`installed but broken: ${message.split('\n')[0]}`);
  }
}
