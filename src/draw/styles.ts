/** The style sheets of pages and drawings. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('style/', import.meta.url);

/** In the order of their names, so no sheet may depend on that order. */
export const styles = (): string =>
  readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
