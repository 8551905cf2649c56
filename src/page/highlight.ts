/** A source, line by line, in colours. What hides in a line shows. */
import { common, createLowlight } from 'lowlight';
import { visibleLine } from '../contract/foreign.ts';
import { html, type Markup } from '../draw/markup.ts';

export interface Line {
  readonly text: string;
  readonly marked: Markup;
}

const { typescript, wasm, c } = common;
const lowlight = createLowlight({ typescript, wasm, c });

/** By the end of a file's name; other files have no colours. */
const languages: { readonly [end: string]: string } = {
  ...{ ts: 'typescript', mts: 'typescript', js: 'typescript', mjs: 'typescript' },
  ...{ wat: 'wasm', c: 'c', h: 'c' },
};

/** The kinds of words that have a colour, and the classes of style/sources.css. */
const colours: { readonly [kind: string]: string } = {
  ...{ 'hljs-keyword': 'k', 'hljs-literal': 'n', 'hljs-number': 'n', 'hljs-string': 's', 'hljs-regexp': 's' },
  ...{ 'hljs-subst': '', 'hljs-comment': 'c', 'hljs-title': 't', 'hljs-type': 't', 'hljs-built_in': 't' },
};

export const linesOf = (text: string): string[] =>
  text
    .replace(/\r?\n$/, '')
    .split('\n')
    .map(visibleLine);

/** The grammars take the square of some texts: of longer ones, or once time is up, a source has no colours. */
const [maxCharacters, maxWidth] = [16_000, 1000];

/** `until`: when the time is up, as `performance.now()` has it. */
export function highlighted(lines: readonly string[], path: string, until: number): Line[] {
  const language = languages[/\.(\w+)$/.exec(path)?.[1] ?? ''];
  const characters = lines.reduce((sum, line) => sum + line.length, 0);
  const isLong = characters > maxCharacters || lines.some(({ length }) => length > maxWidth);
  if (!language || isLong || performance.now() > until) return lines.map((text) => ({ text, marked: text }));
  const parts: Markup[][] = [[]];
  for (const { text, colour } of tokensOf(lines.join('\n'), language))
    for (const [i, piece] of text.split('\n').entries()) {
      if (i > 0) parts.push([]);
      if (piece) parts[parts.length - 1].push(colour ? html`<span class=${colour}>${piece}</span>` : piece);
    }
  return lines.map((text, i) => ({ text, marked: parts[i] }));
}

interface Token {
  readonly text: string;
  readonly colour: string | null;
}

function tokensOf(source: string, language: string): Token[] {
  type Node = ReturnType<typeof lowlight.highlight>['children'][number];
  const tokens: Token[] = [];
  // Not by recursion: templates within templates are as deep as a source wants.
  const open: { node: Node; colour: string | null }[] = [];
  const push = (nodes: readonly Node[], colour: string | null) =>
    open.push(...nodes.toReversed().map((node) => ({ node, colour })));
  push(lowlight.highlight(language, source).children, null);
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, colour } = next;
    if (node.type === 'text') tokens.push({ text: node.value, colour });
    if (node.type === 'element')
      push(node.children as Node[], colours[[node.properties.className].flat()[0] as string] ?? colour);
  }
  return tokens;
}
