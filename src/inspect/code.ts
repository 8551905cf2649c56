/** What V8 makes of a WebAssembly module: its machine code, printed by V8 itself in a process of its own, and the loops in it. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { endGroup, startLocked } from '../cell/lockdown.ts';
import { withoutNames } from '../compiler/sections.ts';

/** What lies between a jump backwards and where it goes. */
export interface Loop {
  /** Index of its function in the module. */
  readonly function: number;
  readonly instructions: readonly string[];
  /** Whether no other loop lies in it. */
  readonly innermost: boolean;
  /** Where its instructions come from, as far as V8 says so: places in the function's WebAssembly body, in bytes. */
  readonly places: readonly number[];
}

const limitMs = 60_000;
const maxText = 2 ** 27;

/** Null where V8 prints no code that we can read: other processors than x64, a module or a flag that it refuses. */
export async function machineCode(module: Uint8Array, flags: readonly string[]): Promise<string | null> {
  if (process.arch !== 'x64') return null;
  const code = await compiled(module, ['--print-wasm-code', ...flags]);
  return code?.includes('\nInstructions ') ? code : null;
}

/**
 * What V8 says of the module while its optimizing compiler alone compiles all of it. Null if it refuses the module or a flag, takes
 * a minute, or says too much. The module is not ours, so the process is locked down, although a module that is only compiled runs nothing.
 */
export async function compiled(module: Uint8Array, flags: readonly string[]): Promise<string | null> {
  const eager = ['--no-liftoff', '--no-wasm-lazy-compilation', '--single-threaded'];
  // Node reads a program called - from its input. That must be JavaScript: to strip types, Node would load WebAssembly of its own.
  const program = { main: '-', reads: [], flags: [...eager, ...flags] };
  const child = startLocked(program, { stdio: ['pipe', 'pipe', 'ignore'], timeout: limitMs, killSignal: 'SIGKILL' });
  const ended = once(child, 'close');
  const script = `new WebAssembly.Module(Buffer.from('${Buffer.from(withoutNames(module)).toString('base64')}', 'base64'))`;
  (child.stdin as Writable).on('error', () => {}).end(script);
  let text = '';
  (child.stdout as Readable).setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
    if (text.length > maxText) endGroup(child);
  });
  const [status] = await ended.catch(() => [null]);
  return status === 0 ? text : null;
}

export function loops(code: string): readonly Loop[] {
  return code.split('--- WebAssembly code ---').flatMap(loopsOf);
}

const hex = (digits: string) => Number.parseInt(digits, 16);

function loopsOf(code: string): Loop[] {
  const lines = [...code.matchAll(/^(0x[0-9a-f]+) +([0-9a-f]+) +[0-9a-f]+ +(.*)$/gm)];
  const at = new Map(lines.map(([, address], i) => [address, i]));
  const [, table = ''] = /^Source positions:\n.*\n((?: .*\n)*)/m.exec(code) ?? [];
  const sources = [...table.matchAll(/^ +([0-9a-f]+) +(\d+)/gm)].map(([, pc, place]) => [hex(pc), Number(place)]);
  const ranges = lines.flatMap(([, , , text], end) => {
    const start = at.get(/^j\w+ (0x[0-9a-f]+)/.exec(text)?.[1] ?? '');
    if (start === undefined || start >= end) return [];
    // From behind the function's end, where its rare cases stand, a jump leads back into the loop that it left.
    const leaves = lines.slice(start, end).some(([, , , instruction]) => instruction.startsWith('ret'));
    return leaves ? [] : [{ start, end }];
  });
  return ranges.map(({ start, end }) => {
    const within = lines.slice(start, end + 1);
    const [first, last] = [within[0], within[within.length - 1]].map(([, , pc]) => hex(pc));
    return {
      function: Number(/^index: (\d+)$/m.exec(code)?.[1]),
      instructions: within.map(([, , , instruction]) => instruction),
      // Several jumps may lead back to one start: the last of them closes the loop.
      innermost: !ranges.some((one) => (one.start > start ? one.end <= end : one.start === start && one.end > end)),
      places: sources.flatMap(([pc, place]) => (pc >= first && pc <= last ? [place] : [])),
    };
  });
}
