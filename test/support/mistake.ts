/** An error that people make in a candidate, and the pieces that such sources are made of. */
export interface Mistake {
  readonly what: string;
  /** The ending of its file, which gets a name of its own. */
  readonly kind: 'ts' | 'as.ts' | 'wat' | 'wasm.ts';
  readonly source: string;
  /** Files that it imports, from kernels/. */
  readonly beside?: Readonly<Record<string, string>>;
  /** The sentence behind the place, without the name of the file or the candidate. */
  readonly says: string;
  readonly hint?: string;
  /** Whether a call shows it; else it is found before. */
  readonly inCall?: true;
}

export const op = 'residual_forward';
export const memory = '(import "env" "memory" (memory 1 65536 shared))';
export const header = '(func (export "run") (param i32 i32 i32 i32 i32 i32 i32)';
export const wat = (fields: string, about = 'x') => `;; @about ${about}\n(module ${memory}\n${fields})\n`;
export const parameters = 'tid: i32, nthreads: i32, out: usize, inp1: usize, inp2: usize, N: i32, scratch: usize';
export const as = (body: string, before = '', tags = '@about x') =>
  `/** ${tags} */\n${before}\nexport function run(${parameters}): void {\n${body}\n}\n`;
export const ts = (body: string, before = '', setup = '') =>
  `${before}\nexport default {\n  about: 'x',\n  setup({ N }: Record<string, number>, arena: any) {\n${setup}\n` +
  `    return ({ out, inp1, inp2 }: Record<string, any>) => {\n${body}\n    };\n  },\n};\n`;
export const generator = (body: string, before = '') =>
  `${before}\nexport default {\n  about: 'x',\n  generate({ N }: Record<string, number>) {\n${body}\n  },\n};\n`;
/** A generator of that text. If the text is wrong, the method is where the file is. */
export const generated = (text: string) =>
  `export default {\n  about: 'x',\n  §generate({ N }: Record<string, number>) {\n    return \`${text}\`;\n  },\n};\n`;
export const windows = (source: string) => `\ufeff${source.replaceAll('\n', '\r\n')}`;
export const upTo = (end: string, source: string) => source.slice(0, source.indexOf(end) + end.length);

export const signature = 'export run(tid, nthreads, ...pointers, ...dims, ...scalars, scratch)';
export const called = 'run(tid, nthreads, out, inp1, inp2, N, scratch)';
export const onlyMemory = 'the only import allowed is the memory env.memory';
export const endless = 'it calls itself without an end, or too deep: use a loop';
export const outside = 'it reads or writes far beyond its tensors, where the memory ends: check pointer and index';
export const printing = "console works under 'nfold verify --debug', where nothing is timed";

/** A source map that takes each place for one of another file. */
export const elsewhere = Buffer.from(
  JSON.stringify({ version: 3, sources: ['/etc/passwd'], names: [], mappings: 'AAAA;AACA;AACA;AACA' }),
).toString('base64');
