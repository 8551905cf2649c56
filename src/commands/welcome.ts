/** nfold, alone: what it is and three examples. */
export const welcome = `nfold: how many times faster can a kernel get on a CPU?

It pairs plain TypeScript kernels (matrix multiply, a whole GPT-2 training step) with optimized candidates in
TypeScript and WebAssembly, proves that they compute the same, and reports the mean speedup multiple.

  nfold bench                    verify and time the two headline suites, train_gpt2 and sgemm
  nfold verify sgemm             prove the equivalence of every sgemm candidate
  nfold list                     ops, cases, and candidates with their ideas

'nfold new sgemm/mine' writes a kernel to start from. 'nfold --help' lists all commands.`;
