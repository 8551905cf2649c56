/** The style sheets of pages and drawings. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('style/', import.meta.url);

const sheet = (name: string) => readFileSync(new URL(name, folder), 'utf8');

/** In the order of their names, so no sheet may depend on that order. */
const names = () => readdirSync(folder).sort();

export const styles = (): string => names().map(sheet).join('\n');

const colours = 'colours.css';

/** With light colours in place of variables, which many viewers of SVG do not know. */
export function plainStyles(): string {
  const [light] = sheet(colours).split('@media');
  const values = new Map([...light.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
  const rules = names().filter((name) => name !== colours && name !== 'z-screens.css');
  return rules
    .map(sheet)
    .join('\n')
    .replace(/var\((--[\w-]+)\)/g, (_, name) => values.get(name) ?? name);
}
