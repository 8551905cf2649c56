/** All that is said of a WebAssembly candidate: what its module is made of, its hot loop, the machine code of that, and what V8 joined. */
import type { Built } from '../build/build.ts';
import { anatomy, disassemble } from '../compiler/compile.ts';
import { revectorize } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import type { Image } from '../judge/image.ts';
import { loadCeilings } from '../machine/ceilings.ts';
import { acceptsFlag } from '../machine/fingerprint.ts';
import { computePeak } from '../machine/roofline.ts';
import type { Inspection } from '../schemas/inspect.ts';
import { type Loop, loops, machineCode } from './code.ts';
import { passOf } from './pass.ts';
import { revectorized } from './revectorizer.ts';
import { type Hot, hotLoop, loopsIn, noLoop } from './wat.ts';

export type Parts = Pick<Inspection, 'module' | 'wat' | 'machineCode' | 'revectorizer' | 'optimizer'>;

export interface Subject {
  readonly built: Built;
  readonly image: Image;
  /** Whether the whole text of the module is wanted. */
  readonly wat: boolean;
  onStage(stage: string): void;
}

/** What is said of something else than a module. */
export function noModule(why: string): Omit<Parts, 'optimizer'> {
  return {
    module: null,
    wat: { why, text: '', textLine: 1, loops: 0, hot: null, guessed: null },
    machineCode: { why, pass: null, gflops: null, code: [] },
    revectorizer: { why, asked: false, functions: [] },
  };
}

/** The message of a CandidateError, which then says why a part is missing. */
export function whyOf(error: unknown): string {
  if (error instanceof CandidateError) return error.message;
  throw error;
}

/** Lines before the hot loop that are shown as well; the module and its function begin before them. */
const before = 2;

export async function inspectModule(bytes: Uint8Array, { built, image, wat, onStage }: Subject): Promise<Parts> {
  onStage('reading the module');
  const read = await disassemble(bytes).catch(whyOf);
  const text = typeof read === 'string' ? '' : read.text.trimEnd();
  const all = typeof read === 'string' ? [] : loopsIn(read);
  onStage('counting the passes of its loops');
  const found = typeof read === 'string' ? noLoop(`the module ${read}`) : await hotLoop(text, all, image, built);
  const { loop: hot, why, guessed } = found;
  const textLine = wat || !hot ? 1 : hot.firstLine - before;
  const lines = text.split('\n').slice(textLine - 1, wat ? undefined : (hot?.lastLine ?? 0));
  onStage("reading V8's machine code");
  return {
    module: await moduleOf(bytes, image.op, text),
    wat: { why, text: lines.join('\n'), textLine, loops: all.length, hot, guessed },
    machineCode: await machineCodeOf(bytes, built, hot),
    revectorizer: await revectorizerOf(bytes, built),
    optimizer: { why: 'the candidate is WebAssembly', found: null },
  };
}

async function moduleOf(bytes: Uint8Array, op: AnyOp, text: string): Promise<Inspection['module']> {
  const { imports, exports, memory, dataBytes, functions } = await anatomy(bytes);
  const { initial = 0, maximum, shared = false } = memory ?? {};
  const named = exports.map(({ name, kind }) => ({ name, kind, parameters: parametersOf(name, op, text) }));
  return {
    bytes: bytes.length,
    functions,
    dataBytes,
    memory: { initial, maximum: maximum ?? 0, shared },
    imports: [...imports],
    exports: named,
  };
}

/** `A: i32`, by the names that the op gives to the parameters of these two functions. */
function parametersOf(name: string, op: AnyOp, text: string): string[] | null {
  const names: Readonly<Record<string, readonly string[]>> = {
    run: ['tid', 'nthreads', ...Object.keys(op.tensors), ...op.dims, ...op.scalars, 'scratch'],
    scratchBytes: ['nthreads', ...op.dims],
  };
  if (!Object.hasOwn(names, name)) return null;
  const [, index] = new RegExp(`^ {2}\\(export "${name}" \\(func (\\d+)\\)`, 'm').exec(text) ?? [];
  const [, types] = new RegExp(`^ {2}\\(func \\(;${index};\\)[^\\n]*\\(param ([^)]*)\\)`, 'm').exec(text) ?? [];
  return types?.split(' ').map((type, i) => `${names[name][i] ?? 'unknown'}: ${type}`) ?? [...names[name]];
}

async function machineCodeOf(
  bytes: Uint8Array,
  { flags }: Built,
  hot: Hot['loop'],
): Promise<Inspection['machineCode']> {
  const without = (why: string) => ({ why, pass: null, gflops: null, code: [] });
  if (process.arch !== 'x64')
    return without(`nfold reads the machine code of x64 processors, and this one is ${process.arch}`);
  if (!hot) return without('no hot loop is known');
  if (!hot.innermost) return without('the hot loop has other loops in it, so that its passes differ in length');
  const code = await machineCode(bytes, flags);
  if (code === null)
    return without(`this Node prints no machine code for the module${flags.map((flag) => ` with ${flag}`).join()}`);
  const [first, last] = hot.bytes;
  const shares = ({ places }: Loop) => places.filter((place) => place >= first && place <= last).length;
  const [found] = loops(code)
    .filter((one) => one.function === hot.function && one.innermost && (shares(one) > 0 || one.places.length === 0))
    .map((one) => ({ one, pass: passOf(one.instructions), shares: shares(one) }))
    .sort((a, b) => b.shares - a.shares || a.one.places.length - b.one.places.length || b.pass.flop - a.pass.flop);
  if (!found) return without('no loop of the machine code belongs to the hot loop: V8 may have unrolled all of it');
  const ceilings = loadCeilings();
  // At its peak, a core starts two fused multiply-adds of 128 bits a cycle, which are 16 flop.
  const cyclesPerNs = ceilings && computePeak(ceilings, { threads: 1, flags: [] }) / 16;
  const gflops = cyclesPerNs && cyclesPerNs * found.pass.flopPerCycle;
  return { why: null, pass: found.pass, gflops, code: [...found.one.instructions] };
}

async function revectorizerOf(bytes: Uint8Array, { flags }: Built): Promise<Inspection['revectorizer']> {
  const asked = flags.includes(revectorize);
  const without = (why: string) => ({ why, asked, functions: [] });
  if (process.arch !== 'x64' || !acceptsFlag(revectorize)) return without('V8 has no revectorizer for this processor');
  const functions = await revectorized(bytes, flags);
  if (functions === null) return without('V8 said nothing of the module within its time');
  if (functions.length === 0)
    return without('V8 did not look for pairs: the module has no 128-bit operations, or the processor no AVX2');
  return { why: null, asked, functions };
}
