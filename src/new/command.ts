/** nfold new: writes files to start from, and overwrites none. */
import { basename, join } from 'node:path';
import { identify, isOddOp, scan, told } from '../catalog/candidates.ts';
import { editorFiles } from '../catalog/editor.ts';
import { loadOp } from '../catalog/ops.ts';
import { didYouMean } from '../catalog/select.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import { quoted } from '../contract/words.ts';
import { absent, look } from '../files/given.ts';
import { packageRoot, shown, workspace } from '../files/places.ts';
import { writeNew } from '../files/write.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import type { New } from '../schemas/wings.ts';
import { candidateText } from './candidate.ts';
import type { NewFlags } from './flags.ts';
import { type Language, languageOf, languages } from './languages.ts';
import { opTexts } from './op.ts';

export async function create(what: string, name: string | undefined, { lang }: NewFlags, io: Io): Promise<Result<New>> {
  const { root, command } = workspace();
  const isOp = what === 'op' && name !== undefined;
  if (what === 'op' && name === undefined) throw new NfoldError("Give the new op a name: 'nfold new op NAME'.");
  if (name !== undefined && !isOp) throw new NfoldError(`Write op and name as one word: 'nfold new ${what}/${name}'.`);
  const language = languageOf(lang);
  const files: string[] = [];
  const write = (file: string, text: string) => {
    if (!writeNew(file, text)) throw new NfoldError(`${shown(file)} is there already, and nothing is overwritten.`);
    files.push(shown(file));
  };
  if (isOp) for (const [part, text] of opTexts(name)) write(join(root, 'baselines', name, part), text);
  const { op, stem, file } = isOp ? firstOf(name, language) : candidateOf(what, language);
  write(file, await candidateText(await loadOp(op), stem, language));
  const config = root === packageRoot ? [] : Object.entries(editorFiles(root));
  const isConfigured = config.some(([path]) => basename(path) !== 'tsconfig.json' && look(path) !== absent);
  const settings = isConfigured
    ? []
    : config.filter(([path, text]) => writeNew(path, text)).map(([path]) => shown(path));
  if (settings.length > 0 && !settings.includes('tsconfig.json'))
    io.note(`tsconfig.json is yours and stays as it is: add ${settings.join(' and ')} to its references, for editors`);
  const nfold = command.map(quoted).join(' ');
  const id = `${op}/${stem}`;
  const [watch, verify] = [`${nfold} watch ${id}`, `${nfold} verify ${id}`];
  const bench = `${nfold} bench ${id} --quick --no-peers`;
  return {
    code: exit.fine,
    data: { files: [...files, ...settings], next: [watch, verify, bench] },
    text: [
      ...files.map((path) => `Wrote ${path}`),
      ...(settings.length > 0 ? [`Wrote ${settings.join(', ')}, which tell editors the types`] : []),
      '',
      `${shown(file)} computes what the baseline does, in the same order: it passes. Change it, and then:`,
      `  ${watch.padEnd(bench.length)}  ${pc.dim('tells at each save: is it right, how fast?')}`,
      `  ${verify.padEnd(bench.length)}  ${pc.dim('is it right, everywhere?')}`,
      `  ${bench}  ${pc.dim('is it fast?')}`,
    ].join('\n'),
  };
}

/** The first candidate of a new op. */
const firstOf = (op: string, language: Language) => {
  const stem = `start-${language}`;
  return { op, stem, file: join(workspace().root, 'kernels', op, `${stem}.${languages[language]}`) };
};

/** Throws NfoldError, with the nearest right word, if a candidate cannot be called that. */
function candidateOf(id: string, language: Language) {
  const { ops, candidates, problems } = scan();
  const [op, given, ...more] = id.replace(/^(\.\/)?kernels\//, '').split('/');
  const broken = problems.find((problem) => isOddOp(problem, op));
  if (broken && !ops.includes(op)) throw new NfoldError(`${told(broken)}.`);
  if (!ops.includes(op))
    throw new NfoldError(`There is no op '${op}'.`, exit.usage, {
      code: 'unknown-name',
      hint: `${didYouMean(op, ops)}'nfold list' shows all of them.`,
    });
  if (!given) throw new NfoldError(`Give the new candidate a name as well: 'nfold new ${op}/mine'.`);
  const [stem, ...endings] = given.split('.');
  if (more.length > 0 || endings.length > 0)
    throw new NfoldError(
      `Give the op and a name, and the language with --lang: 'nfold new ${op}/${plainName(stem)} --lang ${language}'.`,
    );
  const file = join(workspace().root, 'kernels', op, `${stem}.${languages[language]}`);
  const found = identify(file, [op]);
  if (found && 'message' in found) throw new NfoldError(`${told(found)}; for example ${op}/${plainName(stem)}.`);
  const known = [...candidates, ...problems.flatMap(({ namesake }) => namesake ?? [])];
  const taken = known.find((one) => one.id === id);
  let free = 2;
  while (known.some((one) => one.id === `${id}-${free}`)) free++;
  if (taken)
    throw new NfoldError(`${id} is there already, ${shown(taken.file)}: choose another name, such as ${id}-${free}.`);
  return { op, stem, file };
}

const plainName = (stem: string) =>
  stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .replace(/^(baseline)?$/, 'mine');
