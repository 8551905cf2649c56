/** AGENTS.md and README.md's list of commands are what the command and the other pages say today: `npm run agents` writes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentsPage, agentsText, commandsText } from '../bench/agents.ts';
import { look } from '../src/files/given.ts';
import { packageRoot } from '../src/files/places.ts';

test('both are up to date', () => {
  expect(readFileSync(agentsPage, 'utf8')).toBe(agentsText());
  expect(readFileSync(join(packageRoot, 'README.md'), 'utf8')).toContain(commandsText());
});

test('every link leads to a file', () => {
  const paths = [...agentsText().matchAll(/\]\((?!\w+:)([^)#]+)/g)].map(([, path]) => path);
  expect(paths.length).toBeGreaterThan(4);
  expect(paths.filter((path) => typeof look(join(packageRoot, path)) === 'string')).toEqual([]);
});
