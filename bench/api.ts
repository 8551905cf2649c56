/**
 * Writes docs/api.md, the library on one page, from its declarations and their docstrings: `npm run api`. TypeScript itself reads them. Its
 * API is called unstable, but the version is pinned; typedoc brings 22 packages and does not read TypeScript 7.
 */
import { join } from 'node:path';
import type { Node } from 'typescript/unstable/ast';
import * as is from 'typescript/unstable/ast/is';
import { API, type Symbol as Declared, NodeBuilderFlags, type Project, SymbolFlags } from 'typescript/unstable/sync';
import { z } from 'zod';
import { ErrorData } from '../src/contract/fields.ts';
import { packageRoot } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';
import { Interval } from '../src/records/fields.ts';
import { Record as RunRecord } from '../src/records/schema.ts';
import { List as Listing } from '../src/schemas/list.ts';
import { Comparison } from '../src/schemas/records.ts';
import { Verify as Verification } from '../src/schemas/verify.ts';

export const apiPage = join(packageRoot, 'docs/api.md');

const introduction = `# Every name of the library

\`npm run api\` writes this page from the docstrings. [The library](library.md) introduces it, with an example project. The contract of each
op is the default export of its module, such as \`nfold/ops/sgemm\`; [the ops](ops.md) have a page of their own. \`nfold\` exports all names of
\`nfold/contract\` too.
`;

/** What a program imports, and the file that it gets. A name of several modules is shown with the last of them. */
const modules: Readonly<{ [name: string]: string }> = {
  nfold: 'src/index.ts',
  'nfold/contract': 'src/contract/index.ts',
  'nfold/draws': 'baselines/draws.ts',
};

/** Types that zod infers: their fields and descriptions are in the schemas. */
const schemas: Readonly<{ [name: string]: z.ZodType }> = {
  ...{ Verification, Listing, RunRecord, Comparison, ErrorData, Interval },
};

interface Entry {
  readonly name: string;
  readonly module: string;
  readonly symbol: Declared;
  readonly node: Node;
}

/** The page as it should be. Throws if a name has no docstring, or if a declaration uses a type of ours that the page does not have. */
export function apiText(): string {
  const api = new API({ cwd: packageRoot });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(packageRoot, 'tsconfig.json')] }).getProjects();
    const entries = entriesOf(project);
    const sections = Object.keys(modules).map((module) => {
      const own = entries.filter((entry) => entry.module === module);
      const links = own.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(' · ');
      return `## ${module}\n\n${links}\n\n${own.map((entry) => section(entry, entries, project)).join('\n')}`;
    });
    return [introduction, ...sections].join('\n');
  } finally {
    api.close();
  }
}

function entriesOf(project: Project): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const [module, file] of Object.entries(modules)) {
    const source = project.program.getSourceFile(join(packageRoot, file))!;
    for (const exported of project.checker.getExportsOfModule(project.checker.getSymbolAtLocation(source)!)) {
      const symbol = declared(exported, project);
      entries.set(exported.name, { name: exported.name, module, symbol, node: nodeOf(symbol, project) });
    }
  }
  return [...entries.values()].sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

const declared = (symbol: Declared, { checker }: Project): Declared =>
  symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const nodeOf = ({ declarations: [first] }: Declared, project: Project): Node => first.resolve(project)!;

/** Functions come first, then what the module's own file declares, in the order of the source. */
function placeOf({ node, module }: Entry): string {
  const { fileName } = node.getSourceFile();
  const file = fileName.endsWith(`/${modules[module]}`) ? '' : fileName;
  return `${isFunction(node) ? 0 : 1} ${file} ${String(node.pos).padStart(9, '0')}`;
}

const isFunction = (node: Node): boolean => is.isFunctionDeclaration(node) || isArrow(node);
const isArrow = (node: Node) =>
  is.isVariableDeclaration(node) && node.initializer !== undefined && is.isArrowFunction(node.initializer);

function section(entry: Entry, all: readonly Entry[], project: Project): string {
  const { name, symbol, node } = entry;
  const about = symbol.getDocumentationComment(project.checker);
  if (about === '') throw new Error(`${name} has no docstring.`);
  const inferred = is.isTypeAliasDeclaration(node) && node.getText().includes('typeof');
  const code = name in schemas ? schemaText(name) : inferred ? inferredText(entry, project) : sourceText(entry);
  const used =
    name in schemas || inferred ? [] : typeNames(node).map((one) => project.checker.getSymbolAtLocation(one)!);
  for (const type of used.map((one) => declared(one, project)))
    if (isOurs(type) && !all.some(({ symbol }) => symbol.id === type.id))
      throw new Error(`${name} uses the type ${type.name}, which no module exports.`);
  return `### ${name}\n\n${escaped(about)}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
}

/** Outside of code, Markdown takes `<` for the start of an element. */
const escaped = (text: string): string => text.replace(/`[^`]*`|</g, (found) => (found === '<' ? '&lt;' : found));

/** Whether it is declared in a file of nfold, and is no type parameter. */
const isOurs = ({ flags, declarations: [first] }: Declared): boolean =>
  !(flags & SymbolFlags.TypeParameter) && /\/(src|baselines)\//.test(first.path);

/** The names of the types that a declaration uses, outside of bodies. */
function typeNames(node: Node): readonly Node[] {
  const names: Node[] = [];
  node.forEachChild((child) => {
    if (child === bodyOf(node)) return;
    if (is.isTypeReferenceNode(child)) names.push(child.typeName);
    if (is.isExpressionWithTypeArguments(child)) names.push(child.expression);
    names.push(...typeNames(child));
  });
  return names;
}

const bodyOf = (node: Node): Node | undefined => (node as { body?: Node }).body;

/** The declaration as the source has it, with the docstrings of members, and a semicolon for each body. */
function sourceText({ name, node }: Entry): string {
  const start = is.isVariableDeclaration(node) && isArrow(node) ? node.initializer! : node;
  const { text } = node.getSourceFile();
  let code = '';
  let from = start.getStart();
  for (const body of bodiesIn(start)) {
    code += `${text.slice(from, body.getStart()).replace(/\s*(=>)?\s*$/, '')};`;
    from = body.end;
  }
  code = (code + text.slice(from, start.end)).replace(/^export /, '');
  return start !== node ? `function ${name}${code}` : is.isVariableDeclaration(node) ? `const ${code};` : code;
}

function bodiesIn(node: Node): readonly Node[] {
  const body = bodyOf(node);
  if (body) return [body];
  const bodies: Node[] = [];
  node.forEachChild((child) => {
    bodies.push(...bodiesIn(child));
  });
  return bodies;
}

function inferredText({ name, node, symbol }: Entry, { checker }: Project): string {
  const { NoTruncation, MultilineObjectLiterals, InTypeAlias, UseSingleQuotesForStringLiteralType } = NodeBuilderFlags;
  const flags = NoTruncation | MultilineObjectLiterals | InTypeAlias | UseSingleQuotesForStringLiteralType;
  const text = checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), node, flags);
  return `type ${name} = ${text.replaceAll(/import\([^)]+\)\./g, '').replaceAll(/^ +/gm, (spaces) => spaces.slice(spaces.length / 2))};`;
}

/** What `z.toJSONSchema` writes, as far as our schemas use it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<{ [name: string]: Schema }>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const jsonSchema = (schema: z.ZodType) => z.toJSONSchema(schema) as Schema;

/** What is the same wherever a schema is used. */
const shapeOf = (schema: Schema): string => JSON.stringify({ ...schema, description: undefined, $schema: undefined });

const names = new Map(Object.entries(schemas).map(([name, schema]) => [shapeOf(jsonSchema(schema)), name]));

const schemaText = (name: string): string => `interface ${name} ${fieldsOf(jsonSchema(schemas[name]), '')}`;

function typeOf(schema: Schema, indent: string): string {
  const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
  const parts = schema.anyOf ?? schema.oneOf;
  const name = names.get(shapeOf(schema));
  if (name) return name;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (parts) return parts.map((part) => typeOf(part, indent)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.items) {
    const item = typeOf(schema.items, indent);
    return schema.items.type === undefined ? `(${item})[]` : `${item}[]`;
  }
  if (schema.properties) return fieldsOf(schema, indent);
  if (typeof schema.additionalProperties === 'object')
    return `Record<string, ${typeOf(schema.additionalProperties, indent)}>`;
  return schema.type === 'integer' ? 'number' : `${schema.type}`;
}

function fieldsOf({ properties = {}, required = [] }: Schema, indent: string): string {
  const fields = Object.entries(properties).map(
    ([name, field]) =>
      `${docstring(field.description ?? '', `${indent}  `)}${indent}  ${name}${required.includes(name) ? '' : '?'}: ${typeOf(field, `${indent}  `)};\n`,
  );
  return `{\n${fields.join('')}${indent}}`;
}

/** One line, or several if it is long. */
function docstring(text: string, indent: string): string {
  const lines = text.match(/.{1,130}(?: |$)/g) ?? [text];
  if (lines.length === 1) return `${indent}/** ${text} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line.trim()}\n`).join('')}${indent} */\n`;
}

if (import.meta.main) writeWhole(apiPage, apiText());
