/** How candidates are compiled. This is part of the hash of each candidate that is: another option makes another artifact. */

export const assemblyScript: readonly string[] = [
  ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ['--enable', 'simd', '--enable', 'relaxed-simd', '--enable', 'threads'],
].flat();

/** Features of WebAssembly text. */
export const wat = {
  simd: true,
  relaxed_simd: true,
  threads: true,
  bulk_memory: true,
  sign_extension: true,
  mutable_globals: true,
  multi_value: true,
} as const;
