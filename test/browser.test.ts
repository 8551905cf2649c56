/** Pages in a browser, opened from disk: Debian's chromium, where it is installed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { failing, hostile, inTime, interrupted, manyCases, oneCase, published, twoMachines } from './support/pages.ts';

const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find(existsSync);

const without = executablePath ? '' : ' (left out: no chromium here; on Debian, apt-get install chromium)';

/** Widths of a desktop's window and of a phone. */
const [desktop, phone] = [1280, 390];

const pages: readonly (readonly [name: string, records: () => Record[]])[] = [
  ['the published records', published],
  ['one case', () => [oneCase()]],
  ['200 cases', () => [manyCases(200)]],
  ['forty records', () => inTime(Array.from({ length: 40 }, (_, i) => (i < 20 ? 2 : 4)))],
  ['failures and withheld means', () => [failing()]],
  ['an interrupted run', () => [interrupted()]],
  ['two machines', twoMachines],
  ['markup and escapes in every word', () => published().map((record) => hostile(record))],
];

describe.skipIf(!executablePath)(`a page${without}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-browser-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Opens it; `trouble` collects messages, errors and requests. */
  async function opened(records: Record[], width = desktop, colorScheme: 'light' | 'dark' = 'light') {
    const file = join(folder, 'page.html');
    const { html } = pageOf(subjectOf(records));
    writeFileSync(file, html);
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('dialog', (dialog) => trouble.push(dialog.message()));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) trouble.push(request.url());
    });
    await page.goto(pathToFileURL(file).href);
    return { page, html, trouble, close: () => context.close() };
  }

  /** Parts that stick out of the window to the right; a table scrolls within its frame. */
  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  async function faults(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }

  for (const [i, [name, records]] of pages.entries()) {
    test(`of ${name}: no request, no message, nothing for axe to find, nothing out of the window, below 2 MB`, async () => {
      for (const width of [desktop, phone]) {
        const { page, html, trouble, close } = await opened(records(), width, (i + width) % 4 < 2 ? 'light' : 'dark');
        expect(html.length).toBeLessThan(2e6);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        for (const part of await page.locator('details').all())
          await part.evaluate((one) => one.setAttribute('open', ''));
        expect(await faults(page)).toEqual([]);
        expect(await overflow(page)).toBeLessThanOrEqual(0);
        expect(trouble).toEqual([]);
        await close();
      }
    });
  }

  test('shows one of the two drawings of a chart: the wide one, on a phone the narrow one, on paper the wide one', async () => {
    const shown = async (page: Page) => ({
      wide: await page.locator('svg.wide:visible').count(),
      narrow: await page.locator('svg.narrow:visible').count(),
    });
    const { page, close } = await opened(published());
    const all = await page.locator('svg.wide').count();
    expect(all).toBeGreaterThan(0);
    expect(await shown(page)).toEqual({ wide: all, narrow: 0 });
    await page.setViewportSize({ width: phone, height: 800 });
    expect(await shown(page)).toEqual({ wide: 0, narrow: all });
    await page.emulateMedia({ media: 'print' });
    expect(await shown(page)).toEqual({ wide: all, narrow: 0 });
    await close();
  });
});
