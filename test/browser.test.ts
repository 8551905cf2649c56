/** Pages in a browser, opened from disk: Debian's chromium, where it is installed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { figureOf } from '../src/page/figure.ts';
import { pageOf } from '../src/page/page.ts';
import { subjectOf } from '../src/page/subject.ts';
import type { Record } from '../src/records/schema.ts';
import { executablePath, faults, overflow, withBrowser, without } from './support/browser.ts';
import { bestOf, brief, failing, inTime, oneCase, pages, published, withCases } from './support/pages.ts';

/** Widths of a desktop's window and of a phone. */
const [desktop, phone] = [1280, 390];

describe.skipIf(!executablePath)(`a page${without}`, () => {
  const { folder, context: newContext, opened: openedAt } = withBrowser();
  const opened = (records: Record[], width = desktop, colorScheme: 'light' | 'dark' = 'light') =>
    openedAt(records, width, colorScheme);

  const openAll = (page: Page) =>
    page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true;
    });

  test.each(pages)(
    'of %s: no request, no message, nothing out of the window, each part with a name of its own',
    async (_, records) => {
      const { page, html, trouble, close } = await opened(records());
      expect(html.length).toBeLessThan(2e6);
      for (const part of ['folded', 'open']) {
        if (part === 'open') await openAll(page);
        for (const width of [desktop, phone]) {
          await page.setViewportSize({ width, height: 900 });
          expect(await overflow(page), `${width} wide, ${part}`).toBeLessThanOrEqual(0);
        }
      }
      expect(
        await faults(page, ['landmark-unique', 'duplicate-id-aria', 'empty-heading', 'empty-table-header']),
      ).toEqual([]);
      expect(trouble).toEqual([]);
      await close();
    },
  );

  // All of axe takes seconds for a large page: test/slow/browser.test.ts.
  test.each([
    ['one case, light', () => [brief(oneCase())], desktop, 'light'],
    ['one case, dark', () => [brief(oneCase())], phone, 'dark'],
    ['five records', () => inTime([2, 2, 4, 4, 4]), phone, 'light'],
    ['failures, dark', () => [brief(withCases(failing(), ({ op }) => op === 'train_gpt2'))], desktop, 'dark'],
  ] as const)('of %s: axe finds nothing, in what is folded neither', async (_, records, width, scheme) => {
    const { page, close } = await opened(records(), width, scheme);
    await openAll(page);
    expect(await faults(page)).toEqual([]);
    await close();
  });

  test('shows one of the two drawings of a chart: the wide one, on a phone the narrow one, on paper the wide one', async () => {
    const shown = async (page: Page) => ({
      wide: await page.locator('svg.wide:visible').count(),
      narrow: await page.locator('svg.narrow:visible').count(),
    });
    const { page, close } = await opened(published());
    // What is folded is seen only once it is opened.
    await page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.remove();
    });
    const all = await page.locator('svg.wide').count();
    expect(all).toBeGreaterThan(0);
    expect(await shown(page)).toEqual({ wide: all, narrow: 0 });
    await page.setViewportSize({ width: phone, height: 800 });
    expect(await shown(page)).toEqual({ wide: 0, narrow: all });
    await page.emulateMedia({ media: 'print' });
    expect(await shown(page)).toEqual({ wide: all, narrow: 0 });
    await close();
  });

  test('has the marks that the record says', async () => {
    const records = published();
    const [step] = records;
    const { page, close } = await opened([step]);
    const count = (selector: string) => page.locator(selector).count();
    const valued = step.means.filter(({ arithmetic }) => arithmetic !== null);
    expect(await count('#all svg.wide .row .estimate')).toBe(valued.length);
    expect(await count('#all svg.wide .row .estimate path.point.peer')).toBe(valued.filter(({ peer }) => peer).length);
    expect(await count('#cases .cases > .scroll tbody tr, #cases .cases > details.more tbody tr')).toBe(
      step.results.filter(({ speedup }) => speedup !== null).length,
    );
    const best = bestOf(step).candidate;
    const calls = step.samples.filter(({ variant }) => variant === best).flatMap(({ timeNs }) => timeNs).length;
    const dots = await page
      .locator('[id="samples-train_gpt2"] svg.wide')
      .first()
      .evaluate((svg) =>
        [...svg.querySelectorAll('.strip path.call')].map((one) => one.getAttribute('d') ?? '').join(''),
      );
    expect(dots.match(/M/g)).toHaveLength(calls);
    await close();
  });

  test('sorts by a click or a key, filters, and shows exact values', async () => {
    const { page, trouble, close } = await opened(published());
    const table = page.locator('#cases .cases').nth(1).locator('table').first();
    const speedups = () =>
      table
        .locator('tbody tr:visible')
        .evaluateAll((rows) => rows.map((row) => Number((row as HTMLTableRowElement).cells[2].dataset.by)));
    const first = await speedups();
    expect(first).toEqual(first.toSorted((a, b) => b - a));
    const head = table.locator('th', { hasText: 'speedup' });
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    expect(await speedups()).toEqual(first.toSorted((a, b) => a - b));
    const said = page.locator('#cases [role=status]');
    expect(await said.textContent()).toMatch(/^(\d+) of \1 rows shown$/);
    await page.getByLabel('Filter by case or candidate').fill('m512n512k512 shaped');
    expect(await said.textContent()).toMatch(/^2 of \d+ rows shown$/);
    expect(await table.locator('tbody tr:visible').count()).toBe(1);
    await page.getByLabel('Filter by case or candidate').fill('');
    await page.getByLabel('only clear differences').check();
    expect(await page.locator('#cases tr.vague:visible').count()).toBe(0);
    expect(await speedups()).not.toHaveLength(0);
    await page.locator('#cases').getByRole('button', { name: 'Exact values' }).click();
    const [cell] = await table.locator('tbody tr:visible td.n').allTextContents();
    expect(cell).toMatch(/^\d+\.\d{6,}$/);
    expect(trouble).toEqual([]);
    await close();
  });

  test('is whole without a script', async () => {
    const file = join(folder, 'plain.html');
    writeFileSync(file, pageOf(subjectOf(published())));
    const context = await newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await page.locator('#cases tbody tr').count()).toBeGreaterThan(100);
    expect(await page.locator('button, input').count()).toBe(0);
    await context.close();
  });

  test('draws a figure as a file of its own', async () => {
    const context = await newContext();
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    for (const id of ['ladder', 'all', 'samples-sgemm', 'roofline', 'verification']) {
      writeFileSync(join(folder, 'figure.svg'), figureOf(subjectOf(published()), id));
      writeFileSync(join(folder, 'figure.html'), '<!doctype html><img src="figure.svg" alt="">');
      await page.goto(pathToFileURL(join(folder, 'figure.html')).href);
      expect(await page.locator('img').evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(800);
    }
    expect(trouble).toEqual([]);
    await context.close();
  });
});
