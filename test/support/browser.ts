/** Pages in Debian's chromium, where it is installed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { pageOf } from '../../src/page/page.ts';
import { subjectOf } from '../../src/page/subject.ts';
import type { Record } from '../../src/records/schema.ts';

export const executablePath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find(existsSync);

/** For the name of what is left out. */
export const without = executablePath ? '' : ' (left out: no chromium here; on Debian, apt-get install chromium)';

/** A browser and a folder for the tests of the block that asks, which go with it. */
export function withBrowser() {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-browser-'));
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });
  const opened = (records: Record[], width: number, colorScheme: 'light' | 'dark') =>
    openedIn(browser, join(folder, 'page.html'), records, { viewport: { width, height: 900 }, colorScheme });
  return { folder, opened, context: (options?: BrowserContextOptions) => browser.newContext(options) };
}

/** Opens a page from disk; `trouble` collects messages, errors and requests. */
async function openedIn(browser: Browser, file: string, records: Record[], options: BrowserContextOptions) {
  const html = pageOf(subjectOf(records));
  writeFileSync(file, html);
  const context = await browser.newContext(options);
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

/** Pixels that stick out of the window to the right; a table scrolls within its frame. */
export const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** What axe finds, by these rules or all, a sentence each. */
export async function faults(page: Page, rules: readonly string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules.length > 0 ? axe.withRules([...rules]) : axe).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
}
