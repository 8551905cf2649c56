/** The pages of the library. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiPage, apiText } from '../bench/api.ts';
import { packageRoot } from '../src/files/places.ts';

test("docs/api.md is up to date ('npm run api' writes it)", () => {
  expect(readFileSync(apiPage, 'utf8')).toBe(apiText());
});

test.each(['kernel.test.ts', 'bench-two.ts', 'what-changed.ts'])('docs/library.md shows %s as it is', (file) => {
  const text = (path: string) => readFileSync(join(packageRoot, 'docs', path), 'utf8');
  expect(text('library.md')).toContain(`\`\`\`ts\n${text(`example/${file}`)}\`\`\`\n`);
});
