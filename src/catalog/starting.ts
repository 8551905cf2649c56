/** The text of a baseline as a candidate: what it imports is written out, since a candidate imports from kernels/common alone. */
import { dirname, resolve } from 'node:path';
import { NfoldError } from '../contract/errors.ts';
import { readGiven } from '../files/given.ts';
import { shown } from '../files/places.ts';

const imports = /^[ \t]*import\b([^'"]*)['"]([^'"]+)['"];?[ \t]*\r?\n/gm;
const defaultExport = /^export default (?:\{[\s\S]*?^\}.*|.*)(?:\r?\n|$)/m;
const definitions = /^(?:export )?(?:function|const|let|class) (\w+)/gm;

/** `opModule` is what the new file imports the op from. */
export function asTypeScript(file: string, opModule: string, about: string): string {
  const texts: string[] = [];
  const types = new Set<string>();
  const seen = new Set([file]);
  let opName = 'op';
  /** The code of a file without its imports, after that of the files that it imports. */
  const read = (path: string): string => {
    const text = readGiven('file', path)
      .toString()
      .replace(/^\s*\/\*[\s\S]*?\*\/\s*/, '');
    for (const [, names, module] of text.matchAll(imports)) {
      const isType = /^\s*type\b/.test(names);
      const isContract = module === 'nfold/contract' || /\/contract\/\w+\.ts$/.test(module);
      if (isContract) for (const name of names.match(/[A-Z]\w*/g) ?? []) types.add(name);
      if (isContract) continue;
      if (module === './op.ts' && path === file) opName = /(\w+)\s+from/.exec(names)?.[1] ?? opName;
      if (module.endsWith('/op.ts') || module.startsWith('nfold/ops/')) continue;
      const target = resolve(dirname(path), module);
      if (!module.startsWith('.')) throw new NfoldError(`${shown(path)} imports ${module}, which a candidate may not.`);
      if (!isType && !/^\s*\{(?!.*\bas\b)[^}]*\}\s*from\s*$/.test(names))
        throw new NfoldError(
          `${shown(path)} imports more than names from ${module}: write import { name } from '${module}'.`,
        );
      if (seen.has(target)) continue;
      seen.add(target);
      texts.push(
        read(target)
          .replace(defaultExport, '')
          .replace(/^export /gm, '')
          .trim(),
      );
    }
    return text.replace(imports, '');
  };
  const main = read(file)
    .trim()
    .replace(/\babout:\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)/, `about: ${JSON.stringify(about)}`);
  const code = [...texts, main].join('\n\n');
  const names = [...code.matchAll(definitions)].map(([, name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new NfoldError(`${shown(file)} and what it imports define ${twice} twice: rename one of the two.`);
  const used = [...types].filter((name) => new RegExp(`\\b${name}\\b`).test(code)).sort();
  const contract = used.length > 0 ? `import type { ${used.join(', ')} } from 'nfold/contract';\n` : '';
  return `${contract}import type ${opName} from '${opModule}';\n\n${code}\n`;
}
