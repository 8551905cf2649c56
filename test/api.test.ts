/** The page of the library's names and their docstrings. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiPage, apiText } from '../bench/api.ts';

test("docs/api.md is up to date ('npm run api' writes it)", () => {
  expect(readFileSync(apiPage, 'utf8')).toBe(apiText());
});
