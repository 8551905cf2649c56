/** Pages that commands write into, between markers. */
import { resolve } from 'node:path';
import { NfoldError } from '../src/contract/errors.ts';
import { readGiven } from '../src/files/given.ts';
import { packageRoot } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';

/** Puts text between `<!-- name -->` and `<!-- /name -->`; a page without the pair is an error. */
export function fill(page: string, name: string, text: string): void {
  const { file, before, after } = around(page, name);
  writeWhole(file, `${before}\n${text}\n${after}`);
}

/** A page, from nfold's folder: what stands before and after the text between the markers, which belong to both. Throws NfoldError. */
export function around(page: string, name: string) {
  const file = resolve(packageRoot, page);
  const whole = readGiven('page', file).toString();
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [whole.indexOf(open), whole.lastIndexOf(close)];
  if (from >= 0 && to > from) return { file, before: whole.slice(0, from + open.length), after: whole.slice(to) };
  throw new NfoldError(`The page ${page} has no markers ${open} and ${close}: put them where the tables are to stand.`);
}
