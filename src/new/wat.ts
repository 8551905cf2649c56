/** WebAssembly text for a module in AssemblyScript: compiled statement by statement, with the names of the source. */
import { compile, disassemble } from '../compiler/compile.ts';
import { CandidateError, NfoldError } from '../contract/errors.ts';

const entry = 'start.ts';

/** The module as text, its lines indented by two. */
export async function asWat(source: string): Promise<string> {
  try {
    const files = { [entry]: source };
    const bytes = await compile({ type: 'assemblyscript', entry, files, readable: true });
    return tidy((await disassemble(bytes, true)).text);
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    throw new NfoldError(`The baseline cannot be put into WAT: ${error.message}.`);
  }
}

type Node = string | readonly Node[];

/** The text with short names, decimal numbers and short expressions on one line; without what AssemblyScript adds to every module. */
function tidy(text: string): string {
  const words = text.replace(/\(;.*?;\)/g, '').match(/[()]|"[^"]*"|[^\s()]+/g) ?? [];
  const read = (): Node[] => {
    const nodes: Node[] = [];
    for (let word = words.shift(); word !== undefined && word !== ')'; word = words.shift())
      nodes.push(word === '(' ? read() : shortened(word));
    return nodes;
  };
  const [[, ...fields]] = read() as [Node[]];
  const kept = fields.filter(([head, ...rest]) => {
    const isMemory = head === 'export' && rest[0] === '"memory"';
    return !['type', 'table', 'elem', 'global'].includes(String(head)) && !isMemory;
  });
  return `(module\n${kept.map((field) => `  ${shown(untyped(field), '  ')}`).join('\n\n')})\n`;
}

/** Without `(type $t0)`, and without the labels of conditions, to which nothing jumps. */
const untyped = (node: Node): Node =>
  typeof node === 'string'
    ? node
    : node
        .filter((part, i) => headOf(part) !== 'type' && !(node[0] === 'if' && i === 1 && typeof part === 'string'))
        .map(untyped);

function shortened(word: string): string {
  const hex = /^(-?)0x([0-9a-f]+)(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(word);
  if (!hex) return word.replace(/^\$(?:start\/|~lib\/)?([^|]*)\|?/, (_, name) => `$${name}`);
  const [, sign, whole, rest = '', power] = hex;
  const value = Number.parseInt(whole + rest, 16) * 2 ** (Number(power) - 4 * rest.length);
  return sign + String(value);
}

const width = 100;
const blocks = ['func', 'loop', 'block', 'if'];
/** What may share a line with the next of its kind. */
const declarations = ['param', 'local', 'result'];

const headOf = (node: Node): string => (typeof node === 'string' ? '' : String(node[0]));
const flat = (node: Node): string => (typeof node === 'string' ? node : `(${node.map(flat).join(' ')})`);

function shown(node: Node, indent = ''): string {
  const line = flat(node);
  if (typeof node === 'string' || (indent.length + line.length <= width && !blocks.includes(node[0] as string)))
    return line;
  const inner = `${indent}  `;
  let text = '(';
  let [length, before] = [indent.length, ''];
  for (const [i, part] of node.entries()) {
    const head = headOf(part);
    const isTest = node[0] === 'if' && (i === 1 || before === 'result');
    const isFirst = typeof part === 'string' || head === 'export' || isTest;
    const isAlike = head === before || (head === 'result' && before === 'param');
    const shares = declarations.includes(head) && isAlike && length + flat(part).length < width;
    const written = shown(part, isFirst ? indent : inner);
    const gap = i === 0 ? '' : isFirst || shares ? ' ' : `\n${inner}`;
    text += gap + written;
    length = gap.includes('\n') ? inner.length + written.length : length + written.length + 1;
    before = head;
  }
  return `${text})`;
}
