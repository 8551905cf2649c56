import { describe, expect, test } from 'vitest';
import { render } from '../src/draw/markup.ts';
import { curves } from '../src/page/curves.ts';
import { sectionMarkup } from '../src/page/section.ts';
import type { Training } from '../src/records/training.ts';
import { compared, losses, pageOf, subject, training } from './support/runs.ts';

describe('curves', () => {
  const draw = (one: Training) => curves(subject({ trainings: [one] }))[0];

  test('are the losses of both sides and the held-out ones', () => {
    const page = pageOf(draw(training()));
    for (const svg of page.querySelectorAll('svg')) {
      expect(svg.querySelectorAll('circle.held')).toHaveLength(2 + 1);
      expect(svg.querySelector('.losses')?.getAttribute('d')?.match(/M/g)).toHaveLength(4);
      expect(svg.querySelectorAll('path.base[d*="L"], path.us[d*="L"]')).toHaveLength(2);
    }
    const rows = [...page.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows).toEqual([
      ['0', '5.500', '-', '-'],
      ['4', '2.250', '3.500', '3.500'],
    ]);
    expect(page.querySelector('.cap')?.textContent).toMatch(
      /largest difference is 1.0e-3 nats per byte, at step 3;.* candidate trained 1,235 tokens\/s with 2 threads, the baseline 10,/,
    );
  });

  test.each([
    ['both', {}, 'The losses of candidate and baseline differ by at most 0.0010 in 4 steps'],
    [
      'out of bounds',
      { baseline: { ...compared, losses, within: false, worst: 30 } },
      'The candidate does not train as the baseline does: its loss differs by 30 times the bound',
    ],
    ['one alone', { baseline: null }, 'Training takes the held-out loss from 5.50 to 2.25 in 4 steps'],
    [
      'nothing held out',
      { baseline: null, heldOut: [] },
      'Training takes the training loss from 5.00 to 2.00 in 4 steps',
    ],
    [
      'one step',
      { baseline: null, heldOut: [], losses: losses.slice(0, 1) },
      'Training takes the training loss from 5.00 to 5.00 in 1 step',
    ],
  ])('title: %s', (_, about, title) => {
    const section = draw(training(about));
    expect(section.title).toBe(title);
    expect(render(sectionMarkup(section))).not.toContain('NaN');
  });

  test('of a run that was resumed and stopped says so, and starts there beside the baseline', () => {
    const page = pageOf(draw(training({ resumedAt: 2, interrupted: true })));
    expect(page.querySelector('.note')?.textContent).toMatch(/It went on from step 2. It was stopped before its end./);
    expect(page.querySelector('.losses')?.getAttribute('d')?.match(/M/g)).toHaveLength(2);
  });

  test('without a training are no section, and foreign names are text', () => {
    expect(curves(subject())).toEqual([]);
    expect(render(sectionMarkup(draw(training({ text: '<script>' }))))).not.toContain('<script');
  });
});
