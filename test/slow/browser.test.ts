/** All of axe on the largest pages; test/browser.test.ts has the smaller ones. */
import { describe, expect, test } from 'vitest';
import { executablePath, faults, withBrowser, without } from '../support/browser.ts';
import { pages } from '../support/pages.ts';

describe.skipIf(!executablePath)(`axe finds nothing in a page${without}`, () => {
  const { opened } = withBrowser();
  const large = ['the published records', '200 cases'];
  const chosen = pages.filter(([name]) => large.includes(name));

  test.each(chosen.map(([name, records], i) => [name, records, i % 2 === 0 ? 'light' : 'dark'] as const))(
    'of %s',
    async (_, records, colorScheme) => {
      const { page, close } = await opened(records(), 1280, colorScheme);
      expect(await faults(page)).toEqual([]);
      await close();
    },
  );
});
