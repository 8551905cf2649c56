/** The code of a bundle as a script, and the way back from places in it to the sources. */
import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import { type Message, type TransformOptions, transform } from 'esbuild';
import type { Place } from '../contract/errors.ts';
import { placeAt } from '../contract/place.ts';
import { Thrown } from '../contract/thrown.ts';
import { shown } from '../files/places.ts';
import type { Bundle } from './sources.ts';

const options: TransformOptions = {
  format: 'iife',
  globalName: 'candidate',
  banner: "'use strict';",
  target: 'esnext',
  charset: 'utf8',
  supported: { 'dynamic-import': false },
  logLevel: 'silent',
};

/** The module of `bundle` as a script that leaves its exports in `candidate`, since a realm has no modules. */
export async function asScript(code: string): Promise<string> {
  const made = await transform(code, options).catch((failure: { errors?: Message[] }) => {
    const [first] = failure.errors ?? [];
    const { line = 0, column = 0 } = first?.location ?? {};
    throw new Thrown(`does not build: ${first?.text ?? failure}`, `bundle.js:${line}:${column + 1}`);
  });
  const at = made.code.search(/__toESM\(require\(/);
  if (at < 0) return made.code;
  const { line, column } = placeAt('', made.code, at);
  const hint = 'use import statements at the head of the file, from kernels/common';
  throw new Thrown('calls import()', `candidate.js:${line}:${column}`, { hint });
}

/** The first place in the sources that the stack of an error leads to: through the map of the script, candidate.js, or of the bundle. */
export async function placeInBundle({ code, map, root, sources }: Bundle, { trace }: Thrown): Promise<Place | null> {
  // Of a syntax error, V8 shows the line, and marks the column below it.
  const [, marked, margin] = /^candidate\.js:(\d{1,7})\n.*\n([ \t]*)\^/.exec(trace) ?? [];
  const known = [...trace.matchAll(/\b(candidate|bundle)\.js:(\d{1,7}):(\d{1,7})/g)].map(([, ...frame]) => frame);
  const frames = marked ? [['candidate', marked, `${margin.length + 1}`]] : known;
  if (frames.length === 0) return null;
  const inline = `\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  const isScript = frames[0][0] === 'candidate';
  const mapped = isScript ? (await transform(code + inline, { ...options, sourcemap: 'external' })).map : map;
  const lines = new SourceMap(JSON.parse(mapped));
  for (const [, line, column] of frames) {
    const entry = lines.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) continue;
    const { originalSource, originalLine, originalColumn } = entry;
    const own = sources.find(({ path }) => path === originalSource?.replace(/\?\w+$/, ''));
    if (own) return { file: shown(resolve(root, own.path)), line: originalLine + 1, column: originalColumn + 1 };
  }
  return null;
}
