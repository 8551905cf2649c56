/** Pages that commands write into, between markers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';

/** Puts text between `<!-- name -->` and `<!-- /name -->`; a page without the pair is an error. */
export function fill(page: string, name: string, text: string): void {
  const file = join(packageRoot, page);
  const before = readFileSync(file, 'utf8');
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [before.indexOf(open), before.lastIndexOf(close)];
  if (from < 0 || to < from) throw new Error(`${page} has no markers ${open} and ${close}`);
  writeWhole(file, `${before.slice(0, from + open.length)}\n${text}\n${before.slice(to)}`);
}
