/** Globs as picomatch reads them: it makes regular expressions, some of which would run for years, so there is a time limit. */
import { createContext, Script } from 'node:vm';
import picomatch from 'picomatch';
import { NfoldError } from '../contract/errors.ts';

const limitMs = 2000;
const script = new Script('match()');

/** The names that a glob matches. Throws NfoldError for a glob that takes more than two seconds. */
export function matching(glob: string, names: readonly string[]): readonly string[] {
  const match = () => {
    const matches = picomatch(glob);
    return names.filter((name) => matches(name));
  };
  try {
    return script.runInContext(createContext({ match }), { timeout: limitMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new NfoldError(`The glob '${glob}' takes too long to match: give a simpler one, or names.`);
  }
}
