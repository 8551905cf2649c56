/** Runs the pack of known engine bugs against this Node, in cells like those of candidates, with the V8 flags that candidates may use. */
import { Cell } from '../cell/cell.ts';
import { compile } from '../compiler/compile.ts';
import { allowedFlags } from '../contract/candidate.ts';
import { CandidateError } from '../contract/errors.ts';
import { data, type EngineBug, engineBugs, outBytes } from './engineBugs.ts';
import { acceptsFlag } from './fingerprint.ts';

/** The word that says which code to run comes first, then the data, then what the code leaves. */
const [dataAt, outAt, allBytes] = [64, 256, 256 + outBytes];
const empty = new Uint8Array(outBytes).fill(0xaa);

const moduleText = (bugs: readonly EngineBug[]) => `(module (import "env" "memory" (memory 1 65536 shared))
${bugs.map(({ code }, i) => `(func $bug${i} (param $p i32) (param $out i32) (param $end i32) (local $i i32) (local $v v128) (local $w v128) ${code})`).join('\n')}
(func (export "run") (param $tid i32) (param $nthreads i32) (param $which i32) (param $p i32) (param $out i32) (param $scratch i32)
${bugs
  .map(
    (_, i) => `(if (i32.eq (i32.load (local.get $which)) (i32.const ${i})) (then
      (call $bug${i} (local.get $p) (local.get $out) (i32.shl (memory.size) (i32.const 16)))))`,
  )
  .join('\n')}))`;

export interface Engine {
  /** The number of bugs that were looked for, and of those that no setting showed. */
  readonly known: number;
  readonly absent: number;
  /** `fault`: what the code does in place of what it should; `flags`: of V8. */
  readonly faults: readonly { readonly bug: string; readonly flags: readonly string[]; readonly fault: string }[];
}

/** Stock, all compiled by the last compiler, and with every flag that a candidate may ask for. */
const settings = () => [[], ['--no-liftoff'], allowedFlags].map((flags) => flags.filter(acceptsFlag));

/** What is wrong with the engine. `bugs` and `flags` are others in tests. */
export async function tryEngine(
  bugs = engineBugs,
  flags: readonly (readonly string[])[] = settings(),
): Promise<Engine> {
  const bytes = await compile({ type: 'wat', text: moduleText(bugs) });
  const faults = (await Promise.all(flags.map((own) => tryWith(bugs, bytes, own)))).flat();
  return { known: bugs.length, absent: bugs.length - new Set(faults.map(({ bug }) => bug)).size, faults };
}

export const engineLine = ({ known, absent }: Engine): string => `engine: ${absent} of ${known} known bugs absent`;

/** A sentence for each that is there. */
export const engineFaults = ({ faults }: Engine): string[] =>
  faults.map(({ bug, flags, fault }) => {
    const how = flags.length > 0 ? ` with ${flags.join(' ')}` : '';
    return `this Node has a known bug of WebAssembly${how}, so a candidate may do what no check sees: ${bug} ${fault}. Take another Node.`;
  });

async function tryWith(bugs: readonly EngineBug[], bytes: Uint8Array, flags: readonly string[]) {
  const faults: Engine['faults'][number][] = [];
  let cell: Cell | null = null;
  try {
    for (const [i, one] of bugs.entries()) {
      // A bug may have ended the one before.
      if (cell === null || cell.hasEnded) cell = await opened(bytes, flags);
      const fault = await faultOf(one, i, cell);
      if (fault !== null) faults.push({ bug: one.bug, flags, fault });
    }
  } finally {
    cell?.close();
  }
  return faults;
}

async function opened(bytes: Uint8Array, flags: readonly string[]): Promise<Cell> {
  const cell = new Cell({ flags });
  await cell.open({
    artifact: { kind: 'wasm', bytes },
    ...{ op: 'engine', dims: {}, scalars: {}, threads: 1, bytes: allBytes },
    slots: [
      { name: 'which', dtype: 'i32', offset: 0, length: 1 },
      { name: 'data', dtype: 'f32', offset: dataAt, length: data.length },
      { name: 'out', dtype: 'f32', offset: outAt, length: outBytes / 4 },
    ],
  });
  return cell;
}

async function faultOf({ wants }: EngineBug, i: number, cell: Cell): Promise<string | null> {
  const writes = [Int32Array.of(i), data, empty].map((part, at) => ({
    offset: [0, dataAt, outAt][at],
    bytes: new Uint8Array(part.buffer),
  }));
  try {
    const { reads } = await cell.sample({ calls: [{ writes, reads: [{ offset: outAt, length: outBytes }] }] });
    if (wants === 'trap') return 'does not trap';
    const wanted = new Uint8Array(wants.buffer, wants.byteOffset, wants.byteLength);
    return Buffer.compare(reads[0][0].subarray(0, wanted.length), wanted) === 0 ? null : 'leaves other bits';
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    return wants === 'trap' && /out of bounds|unaligned/.test(error.message) ? null : `ends in '${error.message}'`;
  }
}
