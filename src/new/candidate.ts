/** The text of a new candidate. It computes what the baseline does, in the same order: it passes, and it is slow. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from '../build/sources.ts';
import { baselineFile, isBuiltIn } from '../catalog/ops.ts';
import { asTypeScript } from '../catalog/starting.ts';
import { CandidateError, NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import { packageRoot, shown } from '../files/places.ts';
import { assemblyScript, c, plain } from './dialects.ts';
import { headOf } from './head.ts';
import type { Language } from './languages.ts';
import { Refusal, readLoops } from './read.ts';
import { asWat } from './wat.ts';
import { writeLoops } from './write.ts';

const about = "the baseline's loops, as nfold new writes them";

/** Throws NfoldError if the baseline is not plain enough for the language. */
export async function candidateText(op: AnyOp, name: string, language: Language): Promise<string> {
  const head = headOf(op, name, language, about);
  const comment = `/**\n${head.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
  const opModule = isBuiltIn(op.name) ? `nfold/ops/${op.name}` : `../../baselines/${op.name}/op.ts`;
  if (language === 'ts') return `${comment}${asTypeScript(startOf(op.name), opModule, about)}`;
  const code = await loopsOf(op, language);
  if (language === 'as' || language === 'c') return comment + code;
  const text = await asWat(code);
  if (language === 'wat') return `${head.map((line) => `;; ${line}`.trimEnd()).join('\n')}\n${text}`;
  const imports = `import type { Generator } from 'nfold/contract';\nimport type op from '${opModule}';\n`;
  return `${comment}${imports}\n${generator(op, text)}`;
}

/** The file that is put into other languages: the baseline, or what stands for it in starters/. */
function startOf(op: string): string {
  const plainer = join(packageRoot, 'starters', `${op}.ts`);
  return isBuiltIn(op) && existsSync(plainer) ? plainer : baselineFile(op);
}

async function loopsOf(op: AnyOp, language: Exclude<Language, 'ts'>): Promise<string> {
  const file = startOf(op.name);
  try {
    const { code } = await bundle(file, dirname(dirname(file)));
    if (language === 'as') return writeLoops(readLoops(code, op), assemblyScript);
    const math = join(packageRoot, 'starters/math.ts');
    const { code: functions } = await bundle(math, dirname(math));
    return writeLoops(readLoops(code + functions, op), language === 'c' ? c : plain);
  } catch (error) {
    if (error instanceof CandidateError) throw new NfoldError(`${error.message}.`);
    if (!(error instanceof Refusal)) throw error;
    const why = `${error.message}; docs/own-ops.md says what can`;
    throw new NfoldError(`${shown(file)} cannot be put into that language: ${why}. Start with --lang ts.`);
  }
}

/** A module's text with constants in place of the dims that `run` gets. */
function generator(op: AnyOp, text: string): string {
  const used = new Set<string>();
  const fields = text.split('\n\n').map((field) => {
    if (!field.startsWith('  (func $run ')) return field;
    return field.replace(/\(local\.get \$(\w+)\)/g, (get, name) => {
      if (!op.dims.includes(name) || field.includes(`(local.set $${name} `)) return get;
      used.add(name);
      return `(i32.const \${${name}})`;
    });
  });
  const dims = op.dims.filter((dim: string) => used.has(dim)).join(', ');
  const code = fields.join('\n\n').trimEnd();
  const aboutLine = `  about: ${JSON.stringify(about)},\n  threads: 'one',\n`;
  return `export default {\n${aboutLine}  generate({ ${dims} }) {\n    return \`${code}\`;\n  },\n} satisfies Generator<typeof op>;\n`;
}
