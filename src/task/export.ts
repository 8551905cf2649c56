/** nfold task export: the starting code of a task as a folder of its own. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { baselineFile, isOwn, loadOp, opFile } from '../catalog/ops.ts';
import { asTypeScript } from '../catalog/starting.ts';
import { attempt } from '../contract/attempt.ts';
import { exit, NfoldError } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import { counted, quoted } from '../contract/words.ts';
import { absent, look, namesIn, readGiven } from '../files/given.ts';
import { manifest as ofPackage, placeOf, shown, workspace } from '../files/places.ts';
import { writeNew } from '../files/write.ts';
import type { Io, Result } from '../report/output.ts';
import { pc } from '../report/screen.ts';
import type { Exported } from '../schemas/handout.ts';
import type { ExportFlags } from './flags.ts';
import { inHarbor } from './harbor.ts';
import { manifestName, manifestOf } from './manifest.ts';
import { pagesOf } from './pages.ts';
import { attemptFile, type Task, taskNamed } from './task.ts';

/** Texts by their paths in the folder, in the order in which they are written. */
export type Texts = ReadonlyMap<string, string>;

export async function exportTask(folder: string, flags: ExportFlags, _io: Io): Promise<Result<Exported>> {
  const task = taskNamed(flags.task);
  const root = resolve(placeOf(folder));
  refuseTaken(root, folder);
  const texts = await textsOf(task, flags.format);
  refuseFull(root, folder, texts);
  for (const [path, text] of texts) writeNew(join(root, path), text, path.endsWith('.sh') ? 0o755 : undefined);
  const { command } = workspace();
  const [nfold, dir] = [command.map(quoted).join(' '), quoted(folder)];
  const next =
    flags.format === 'harbor'
      ? [`harbor run -p ${dir} -a oracle`]
      : [`cd ${dir} && npm install`, 'npm run check', `${nfold} task score ${dir}`];
  const { name, suite, ops } = task;
  return {
    code: exit.fine,
    data: {
      folder: shown(root),
      task: name,
      suite: suite.name,
      ops,
      format: flags.format,
      files: [...texts.keys()],
      next,
    },
    text: [
      `Wrote ${shown(root)}, ${counted(texts.size, 'file')}: the task ${name}, with the starting code of ${counted(ops.length, 'op')}`,
      '',
      ...next.map(
        (line, i) =>
          `  ${line.padEnd(Math.max(...next.map(({ length }) => length)))}  ${pc.dim(reasons[flags.format][i])}`,
      ),
    ].join('\n'),
  };
}

const reasons = {
  plain: ['brings nfold to the folder', 'there: is the attempt right?', 'here again: what is it worth?'],
  harbor: ["tries it with nfold's own best kernels"],
};

/** Of the plain folder; for Harbor, it lies among the files of the environment. */
export async function textsOf(task: Task, format: ExportFlags['format']): Promise<Texts> {
  const ops: AnyOp[] = [];
  for (const op of task.ops) ops.push(await loadOp(op));
  const texts = new Map([
    ...ops.map((op): [string, string] => [attemptFile(op.name), startingCode(op)]),
    ...pagesOf(task, ops, { version: ofPackage().version, format }),
    ...ops.filter(({ name }) => isOwn(name)).flatMap(({ name }) => ownFiles(name)),
  ]);
  // Last, so that a folder which has it has all.
  texts.set(manifestName, `${JSON.stringify(await manifestOf(task, format, texts), null, 2)}\n`);
  return format === 'plain' ? texts : inHarbor(task, texts);
}

/** The baseline's own code, which differs from the baseline in its imports, its comments and its `about` alone. */
function startingCode(op: AnyOp): string {
  const head = [
    op.about,
    '',
    'The starting code, unchanged: the same code as the baseline that it is timed against. TASK.md says what is to be done with it,',
    `and \`npx nfold list ${op.name}\` prints what run gets, in each language. Write your idea into \`about\`.`,
  ];
  const comment = `/**\n${head.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
  const module = isOwn(op.name) ? `../../baselines/${op.name}/op.ts` : `nfold/ops/${op.name}`;
  return comment + asTypeScript(baselineFile(op.name), module, 'the starting code, unchanged');
}

/** An op of the user's goes with the task: its own files, and those beside it that they may share. */
function ownFiles(op: string): [string, string][] {
  const folder = dirname(opFile(op));
  const root = dirname(dirname(folder));
  return [folder, dirname(folder)].flatMap((place) =>
    readdirSync(place)
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => {
        const file = join(place, name);
        return [relative(root, file).split(sep).join('/'), readGiven('file', file).toString()];
      }),
  );
}

function refuseTaken(root: string, folder: string): void {
  const there = look(root);
  if (there === absent || (typeof there !== 'string' && there.isDirectory())) return;
  const why = typeof there === 'string' ? there : 'is no folder';
  throw new NfoldError(`${folder} ${why}: name a folder that is empty or not there yet.`, 'no-file', { file: folder });
}

/** Lets an export go on that was ended before its last file: all that is there is as it would be written. */
function refuseFull(root: string, folder: string, texts: Texts): void {
  const names = namesIn(root);
  if (names === absent) return;
  if (typeof names === 'string')
    throw new NfoldError(`${folder} ${names}: name another folder.`, 'no-file', { file: folder });
  // If nfold was started in the folder, it may have kept something there.
  const files = names.filter((name) => !/^\.nfold(-half-.*)?$/.test(name)).flatMap((name) => filesAt(root, name));
  const isPart = (path: string) => attempt(() => readFileSync(join(root, path), 'utf8'), null) === texts.get(path);
  const isWhole = files.some((path) => basename(path) === manifestName);
  if (!isWhole && files.every((path) => texts.has(path) && isPart(path))) return;
  const what = isWhole ? 'has a task already' : 'is not empty';
  throw new NfoldError(`${folder} ${what}: name a folder that is empty or not there yet.`, 'no-file', { file: folder });
}

/** Paths of the files at a path, from the root. */
function filesAt(root: string, path: string): string[] {
  const there = lstatSync(join(root, path));
  return there.isDirectory()
    ? readdirSync(join(root, path)).flatMap((name) => filesAt(root, `${path}/${name}`))
    : [path];
}
