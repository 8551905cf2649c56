/** Sources of an attempt that are those of a kernel that comes with nfold. One that was rewritten or compiled is not found. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../contract/attempt.ts';
import { counted } from '../contract/words.ts';
import { contentOf } from '../files/given.ts';
import { packageRoot } from '../files/places.ts';
import { someOf } from './task.ts';

/** From this share of its lines on, and from this many of them, a source is a copy. */
const [minShare, minLines] = [0.9, 5];

/** Sentences. */
export function copiesIn(files: readonly { readonly path: string; readonly content: Buffer }[]): string[] {
  const kernels = namesBelow('kernels').map((path) => ({ path, lines: new Set(linesOf(textOf(path))) }));
  const compiled = compiledKernels();
  const copies = files.flatMap(({ path, content }) => {
    const held = compiled.find(({ pieces }) => pieces.some((piece) => content.includes(piece)));
    if (held) return [`${path} holds the compiled kernel of nfold's own ${held.path}`];
    const own = linesOf(content.toString());
    const shared = kernels.map((kernel) => ({ ...kernel, count: own.filter((line) => kernel.lines.has(line)).length }));
    const nearest = shared.sort((a, b) => b.count - a.count)[0];
    if (!nearest || own.length < minLines || nearest.count < minShare * own.length) return [];
    const what = `${nearest.count} of its ${counted(own.length, 'line')} of code`;
    return [`${path} is a copy of nfold's own ${nearest.path}: ${what} stand there`];
  });
  return someOf(copies, "are copies of nfold's own");
}

/** Modules that the judge has for its checks, by a piece of their middle, as bytes and in base64. */
function compiledKernels() {
  return namesBelow('baselines')
    .filter((path) => path.endsWith('/reference.ts'))
    .map((path) => {
      const [, code = ''] = /'([A-Za-z0-9+/=]{1000,})'/.exec(textOf(path)) ?? [];
      const middle = code.slice((code.length >> 1) & ~3).slice(0, 400);
      return { path, pieces: middle === '' ? [] : [middle, Buffer.from(middle, 'base64')] };
    });
}

const namesBelow = (folder: string): string[] =>
  attempt(() => readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }), [])
    .filter((name) => /\.(ts|c|h|wat)$/.test(name))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();

function textOf(path: string): string {
  const content = contentOf(join(packageRoot, path));
  return typeof content === 'string' ? '' : content.toString();
}

/** The lines of code that say something, without comments and blanks. */
const linesOf = (text: string): string[] =>
  text
    .replace(/\/\*[\s\S]*?\*\/|\(;[\s\S]*?;\)/g, '')
    .split('\n')
    .map((line) => line.replace(/\/\/.*|;;.*/, '').replace(/\s+/g, ''))
    .filter((line) => line.length > 4);
