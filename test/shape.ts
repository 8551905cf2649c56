/**
 * The shape of src/, which `npm run check` holds: the folder order and the budgets that CONTRIBUTING.md writes down, no circle of files or
 * folders, and no Node in what a web page can load. Prints one sentence for each violation and exits with 1.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build, type Metafile, transform } from 'esbuild';

/** Everything that these files reach by value imports has to run in a browser: the analysis, and the numeric half of the judge. */
const browserSafe = [
  'src/analysis/*',
  ...['image', 'inspect', 'batch', 'checks', 'verdict'].map((name) => `src/judge/${name}.ts`),
];
const nodeGlobals = ['process', 'Buffer', '__dirname', '__filename', 'require', 'global', 'setImmediate'];

/** A source file: its path from the root, its lines, how many of them are code, and the files that it imports, types included. */
interface Source {
  readonly file: string;
  readonly lines: number;
  readonly codeLines: number;
  readonly imports: readonly string[];
}

/** Folders of src/ by rank, lowest first. Wings share a rank: they stand on one line of the page. */
interface Rules {
  readonly ranks: ReadonlyMap<string, number>;
  readonly maxLines: number;
  readonly maxFileLines: number;
}

/** Violations in the tree at `root`, one sentence each; none where all is well. */
export async function violations(root: string, safe: readonly string[] = browserSafe): Promise<string[]> {
  const rules = readRules(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'));
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[jt]s$/.test(name))
    .sort()
    .map((name) => sourceOf(root, join('src', name)));
  return [
    ...orderViolations(sources, rules),
    ...circles('files', new Map(sources.map(({ file, imports }) => [file, imports]))),
    ...circles('folders', folderGraph(sources)),
    ...(await nodeViolations(root, sources, safe)),
    ...sizeViolations(sources, rules),
  ];
}

function readRules(page: string): Rules {
  const ranked = [...page.matchAll(/^((?:src\/\w+\/ +)+)/gm)].map(([line]) => line.match(/\w+(?=\/ )/g) ?? []);
  const [, lines, fileLines] =
    /at most ([\d,]+) lines of code in `src\/`[^.]*at most (\d+) lines in a file/.exec(page) ?? [];
  if (ranked.length === 0 || lines === undefined)
    throw new Error('CONTRIBUTING.md has no folder map or no line budget');
  return {
    ranks: new Map(ranked.flatMap((folders, rank) => folders.map((folder) => [folder, rank]))),
    maxLines: Number(lines.replaceAll(',', '')),
    maxFileLines: Number(fileLines),
  };
}

/** Biome keeps each import at the start of a line and in single quotes. */
function sourceOf(root: string, file: string): Source {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\b(?:[^;'"`]*\bfrom)? '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm);
  const imports = [...statements].map(([, stated, called]) => join(file, '..', stated ?? called));
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '').split('\n');
  return {
    file,
    lines: text.split('\n').length - 1,
    codeLines: code.filter((line) => !/^\s*(\/\/|$)/.test(line)).length,
    imports: [...new Set(imports)],
  };
}

/** `judge` for src/judge/image.ts; empty for what lies in src/ itself. */
const folderOf = (file: string): string => /^src\/(\w+)\//.exec(file)?.[1] ?? '';
const inSrc = (file: string): boolean => file.startsWith('src/');

function orderViolations(sources: readonly Source[], { ranks }: Rules): string[] {
  const rankOf = (file: string) => (folderOf(file) === '' ? Number.POSITIVE_INFINITY : ranks.get(folderOf(file)));
  const unranked = new Set(sources.filter(({ file }) => rankOf(file) === undefined).map(({ file }) => folderOf(file)));
  const upward = sources.flatMap(({ file, imports }) =>
    imports
      .filter((other) => inSrc(other) && folderOf(other) !== folderOf(file) && !(rankOf(other)! < rankOf(file)!))
      .map((other) => `${file} imports ${other}, whose folder is not below its own in CONTRIBUTING.md.`),
  );
  return [
    ...[...unranked].map((folder) => `src/${folder}/ is missing in the folder map of CONTRIBUTING.md.`),
    ...upward,
  ];
}

function folderGraph(sources: readonly Source[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { file, imports } of sources) {
    const others = imports.filter((other) => inSrc(other) && folderOf(other) !== folderOf(file)).map(folderOf);
    graph.set(folderOf(file), [...(graph.get(folderOf(file)) ?? []), ...others]);
  }
  return graph;
}

/** One sentence for each import that closes a circle, found depth first. */
function circles(what: string, graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]) => {
    if (path.includes(node)) {
      const circle = [...path.slice(path.indexOf(node)), node];
      found.push(`The ${what} ${circle.join(' -> ')} form a circle.`);
    } else if (!done.has(node)) {
      for (const next of new Set(graph.get(node))) visit(next, [...path, node]);
      done.add(node);
    }
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

function sizeViolations(sources: readonly Source[], { maxLines, maxFileLines }: Rules): string[] {
  const total = sources.reduce((sum, { codeLines }) => sum + codeLines, 0);
  const long = sources.filter(({ lines }) => lines > maxFileLines);
  return [
    ...long.map(({ file, lines }) => `${file} has ${lines} lines, more than the ${maxFileLines} of CONTRIBUTING.md.`),
    ...(total > maxLines
      ? [`src/ has ${total} lines of code, ${total - maxLines} more than the budget in CONTRIBUTING.md.`]
      : []),
  ];
}

const bundling = { bundle: true, write: false, format: 'esm', logLevel: 'silent' } as const;

/** What the safe files reach and a browser lacks, by file, with the imports that lead there. esbuild erases type imports. */
async function nodeViolations(root: string, sources: readonly Source[], safe: readonly string[]): Promise<string[]> {
  const files = sources.map(({ file }) => file);
  const entryPoints = files.filter((file) => safe.includes(file) || safe.includes(file.replace(/[^/]+$/, '*')));
  const { metafile } = await build({
    ...bundling,
    absWorkingDir: root,
    entryPoints,
    outdir: 'unwritten',
    metafile: true,
    platform: 'neutral',
    packages: 'external',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const found = [...pathsFrom(entryPoints, metafile)].map(async ([file, path]) => {
    const external = metafile.inputs[file].imports.flatMap(({ path, external }) => (external ? path : []));
    const needs = [...(await lacking(root, external)), ...(await globalsIn(join(root, file)))];
    return needs.length === 0 ? [] : [`${path.join(' -> ')} should run in a browser and needs ${needs.join(', ')}.`];
  });
  return (await Promise.all(found)).flat();
}

/** Files that the entries load, each with the imports from an entry to it. */
function pathsFrom(entries: readonly string[], { inputs }: Metafile): Map<string, readonly string[]> {
  const reached = new Map<string, readonly string[]>(entries.map((entry) => [entry, [entry]]));
  for (const [file, path] of reached) {
    for (const { path: next } of inputs[file].imports)
      if (inputs[next] && !reached.has(next)) reached.set(next, [...path, next]);
  }
  return reached;
}

/** Those of these modules that esbuild cannot bundle for a browser. */
async function lacking(root: string, names: readonly string[]): Promise<string[]> {
  const bundled = names.map(async (name) => {
    const stdin = { contents: `import ${JSON.stringify(name)}`, resolveDir: root };
    const safe = !isBuiltin(name) && (await build({ ...bundling, stdin, platform: 'browser' }).catch(() => null));
    return safe ? [] : [name];
  });
  return (await Promise.all(bundled)).flat();
}

/** esbuild replaces a name only where the file does not declare it. */
async function globalsIn(file: string): Promise<string[]> {
  const define = Object.fromEntries(nodeGlobals.map((name) => [name, `nodeGlobal_${name}`]));
  const { code } = await transform(readFileSync(file, 'utf8'), { loader: 'ts', define });
  return nodeGlobals.filter((name) => code.includes(define[name]));
}

if (import.meta.main) {
  const found = await violations(join(import.meta.dirname, '..'));
  for (const sentence of found) console.error(sentence);
  process.exitCode = found.length > 0 ? 1 : 0;
}
