/**
 * Lets the ops of a user's folder import `nfold`, `nfold/contract` and the like wherever nfold lies: these names lead to this very nfold,
 * as they would from a folder that it is installed in. The files of such a folder are modules, whatever a package.json above them says.
 */
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { look, oddityOf } from '../files/given.ts';
import { programFile } from '../files/places.ts';

/** What each name of the package stands for, as `exports` in package.json has it. */
export function moduleOf(specifier: string): string | null {
  if (specifier === 'nfold') return programFile('src/index');
  if (specifier === 'nfold/contract') return programFile('src/contract/index');
  if (specifier === 'nfold/draws') return programFile('baselines/draws');
  const [, op] = /^nfold\/ops\/(\w+)$/.exec(specifier) ?? [];
  return op === undefined ? null : programFile(`baselines/${op}/op`);
}

const known = 'nfold, nfold/contract, nfold/draws and nfold/ops/<op>';

/** Addresses of the folders that have ops, each with a slash at its end. */
const folders = new Set<string>();

export function resolveOwnNames(folder: string): void {
  if (folders.size === 0) {
    module.registerHooks({
      resolve(specifier, context, next) {
        const file = moduleOf(specifier);
        if (file === null && /^nfold\/(?!package\.json$|dist\/)/.test(specifier))
          throw new Error(`there is no '${specifier}', but ${known}`);
        const found = next(file === null ? specifier : pathToFileURL(file).href, context);
        const isOwn = [...folders].some((start) => found.url.startsWith(start));
        const there = isOwn && look(fileURLToPath(found.url));
        // Node would wait at a pipe for ever.
        const oddity = typeof there === 'object' ? oddityOf(there) : null;
        if (oddity !== null) throw new Error(`${specifier} ${oddity}`);
        return isOwn && found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found;
      },
    });
  }
  folders.add(pathToFileURL(`${folder}/`).href);
}
