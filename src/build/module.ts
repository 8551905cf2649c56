/** The contract of a WebAssembly module, read from its import and export lists, without running any of it. */
import { BuildError } from './sources.ts';

/**
 * Throws unless the module imports `env.memory` alone, in a profile build `env.mark` as well, and exports `run`. The count of
 * run's parameters is the cell's to see.
 */
export function checkModule(bytes: Uint8Array, marks = false): void {
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(new Uint8Array(bytes));
  } catch (error) {
    throw new BuildError(`is not a valid WebAssembly module: ${error instanceof Error ? error.message : error}`);
  }
  const imports = WebAssembly.Module.imports(module).filter(
    ({ module: from, name, kind }) => !(marks && from === 'env' && name === 'mark' && kind === 'function'),
  );
  const foreign = imports.find(
    ({ module: from, name, kind }) => from !== 'env' || name !== 'memory' || kind !== 'memory',
  );
  if (foreign) {
    const { module: from, name, kind } = foreign;
    throw new BuildError(`imports the ${kind} ${from}.${name}: the only import allowed is the memory env.memory`);
  }
  if (imports.length === 0) {
    throw new BuildError(
      'does not import its memory: import "env" "memory" (memory 1 65536 shared), where the tensors lie',
    );
  }
  const exported = WebAssembly.Module.exports(module);
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  if (!functions.includes('run')) {
    const names = functions.length > 0 ? functions.join(', ') : 'no function';
    throw new BuildError(`exports ${names}: export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)`);
  }
}
