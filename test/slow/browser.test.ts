/** All of axe on the largest pages; test/browser.test.ts has the smaller ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { executablePath, faults, openedIn, without } from '../support/browser.ts';
import { pages } from '../support/pages.ts';

describe.skipIf(!executablePath)(`axe finds nothing in a page${without}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-browser-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  const large = ['the published records', '200 cases', 'two machines', 'markup and escapes in every word'];
  const chosen = pages.filter(([name]) => large.includes(name));

  test.each(chosen.map(([name, records], i) => [name, records, i % 2 === 0 ? 'light' : 'dark'] as const))(
    'of %s',
    async (_, records, colorScheme) => {
      const viewport = { width: 1280, height: 900 };
      const { page, close } = await openedIn(browser, join(folder, 'page.html'), records(), { viewport, colorScheme });
      expect(await faults(page)).toEqual([]);
      await close();
    },
  );
});
