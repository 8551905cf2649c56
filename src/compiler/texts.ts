/** Reads sources without compiling them, each pattern in one pass: the tags of their heads, their imports, their marks, and where a word stands. */

/** A text by the path that the user would type. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

export type Kind = 'as.ts' | 'c' | 'wat' | 'wasm';

export interface Head {
  /** The first of each kind: `@about`, `@threads`, `@flags`, `@source`. */
  readonly tags: Readonly<Record<string, string>>;
  /** The paths of what it imports, and where they stand. */
  readonly imports: readonly { readonly path: string; readonly index: number }[];
}

/** A gap of any length would be searched once from each `import`. */
const imports: Readonly<Partial<Record<Kind, RegExp>>> = {
  'as.ts': /^[ \t]*(?:import|export)\b[^;'"]{0,4000}['"](\.[^'"\n]{1,1000})['"]/gm,
  c: /^[ \t]*#[ \t]*include[ \t]*"([^"\n]{1,1000})"/gm,
};

export function readHead(kind: Kind, text: string): Head {
  const pattern = imports[kind];
  const found = pattern ? [...text.matchAll(pattern)] : [];
  return {
    tags: tagsOf(text),
    imports: found.map(({ 0: all, 1: path, index }) => ({ path, index: index + all.lastIndexOf(path) })),
  };
}

function tagsOf(text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const line of text.split(/[\n\r\u2028\u2029]/)) {
    const [, name, rest] =
      /^[ \t]*(?:(?:\/\*\*|\*|;;|\/\/)[ \t]*)?@(about|source|flags|threads)[ \t](.*)/.exec(line) ?? [];
    const value = rest?.trim().replace(/\*\/$/, '').trim();
    if (value) tags[name] ??= value;
  }
  return tags;
}

/**
 * The texts of AssemblyScript files, or of a module, with each mark turned into a call, by the place of its op in `ops`; null if there is
 * none, and why for a mark of no op.
 */
export function marked(files: Readonly<Record<string, string>>, ops: readonly string[]) {
  let count = 0;
  const texts: Record<string, string> = {};
  for (const [file, text] of Object.entries(files)) {
    const before = count;
    const lines: string[] = [];
    const isModule = file.endsWith('.wat');
    for (const line of text.split('\n')) {
      const at = line.lastIndexOf(isModule ? ';; @mark ' : '// @mark ');
      const statement = line.slice(0, Math.max(0, at)).trim();
      const names = line.slice(at + 9);
      if (at < 0 || (statement === '') !== isModule || !/^[a-z0-9_ ]+$/.test(names)) {
        lines.push(line);
        continue;
      }
      const bits = bitsOf(names.split(' '), ops);
      if (typeof bits === 'string')
        return {
          files: null,
          error: `${isModule ? '' : `${file} `}marks '${bits}', which is none of rest, ${ops.join(', ')}`,
        };
      const mark = isModule ? `(call $__mark (i32.const ${bits}))` : `__mark(${bits}); ${statement}`;
      lines.push(`${/^[ \t]*/.exec(line)?.[0]}${mark}`);
      count++;
    }
    const whole = lines.join('\n');
    if (count === before) texts[file] = whole;
    else if (isModule) texts[file] = whole.replace('(module', `(module ${imported}`);
    else texts[file] = `${whole}\n@external('env', 'mark') declare function __mark(ops: i32): void;\n`;
  }
  return { files: count > 0 ? texts : null };
}

const imported = '(import "env" "mark" (func $__mark (param i32)))';

/** The strange name among them, if there is one. */
function bitsOf(names: readonly string[], ops: readonly string[]): number | string {
  if (names.length === 1 && names[0] === 'rest') return 0;
  const strange = names.find((name) => !ops.includes(name));
  return strange ?? names.reduce((bits, name) => bits | (1 << ops.indexOf(name)), 0);
}

/** Strings and comments, whole or cut off. */
const inWat = /"(?:\\.|[^"\\\n])*"?|;;.*|\(;[\s\S]*?(?:;\)|$)/g;
const inScript = /(["'])(?:\\.|(?!\1)[^\\\n])*\1?|`(?:\\[\s\S]|[^`\\])*`?|\/\/.*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** The text with blanks for its comments. */
function withoutComments({ file, text }: TextFile): string {
  const blank = (part: string) => (/^["'`]/.test(part) ? part : part.replace(/[^\n]/g, ' '));
  return text.replace(file.endsWith('.wat') ? inWat : inScript, blank);
}

/** The first of some patterns, each looked for in all texts: which text, and where in it. */
export function findIn(texts: readonly TextFile[], patterns: readonly RegExp[], comments: boolean) {
  const searched = texts.map((text) => (comments ? text.text : withoutComments(text)));
  for (const pattern of patterns) {
    for (const [text, content] of searched.entries()) {
      const index = content.search(pattern);
      if (index >= 0) return { text, index };
    }
  }
  return {};
}
