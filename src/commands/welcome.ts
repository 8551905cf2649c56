/** nfold, alone: what it is and three examples. */
import { print } from '../report/output.ts';

export function welcome(): void {
  print(`nfold: how many times faster can a kernel get on a CPU?

It pairs plain TypeScript kernels (matrix multiply, a whole GPT-2 training step) with optimized candidates in
TypeScript and WebAssembly, proves that they compute the same, and reports the mean speedup multiple.

  nfold bench                    verify and time everything, two and a half minutes
  nfold verify sgemm             prove the equivalence of every sgemm candidate
  nfold list                     ops, cases, and candidates with their ideas

To add a kernel, put one file into kernels/<op>/. 'nfold --help' lists all commands.`);
}
