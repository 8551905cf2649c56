/** How close kernels come to what the machine was measured to do. */
import { counted } from '../contract/words.ts';
import { chart } from '../draw/chart.ts';
import { listed, shortName } from '../draw/words.ts';
import { digits, minute } from '../report/format.ts';
import { drawnRoofline } from './rooflineChart.ts';
import { ceilingsOf, type Point, pointsOf } from './rooflineData.ts';
import type { Section, Table } from './section.ts';
import type { Subject, View } from './subject.ts';

/** One for each machine that has ceilings; a sentence if none has. */
export function rooflines({ views }: Subject): Section[] {
  const machines = [...Map.groupBy(views, ({ machine }) => machine).values()].map((own) => {
    return { own, ceilings: ceilingsOf(own), ...pointsOf(own) };
  });
  const drawn = machines.filter(({ ceilings, points }) => ceilings.length > 0 && points.length > 0);
  if (drawn.length > 0)
    return drawn.map(({ own }, i) => roofline(own, i, machines.length > 1 ? `${own[0].machine}: ` : ''));
  if (machines.some(({ points }) => points.length > 0))
    return [
      missing(
        'No ceiling of this machine was measured',
        'Run nfold peak, and then the benchmark again: its record will hold the ceilings.',
      ),
    ];
  if (machines.every(({ unknown }) => unknown === 0)) return [];
  return [
    missing(
      'No case has both a speed and known bytes',
      'Run the benchmark again on a calm machine: its record will hold both.',
    ),
  ];
}

const missing = (what: string, remedy: string): Section => ({
  id: 'roofline',
  name: 'Roofline',
  title: `${what}, so there is no roofline`,
  caption: 'A roofline shows how close kernels come to the measured peaks of a machine.',
  body: remedy,
});

function roofline(views: readonly View[], i: number, where: string): Section {
  const { points, unknown } = pointsOf(views);
  const ceilings = ceilingsOf(views);
  const title = `${where}${rooflineTitle(points)}`;
  const label = `${title}. Gflop/s over flop per byte on log scales, under ${counted(ceilings.length, 'measured ceiling')}: ${ceilings.map(({ name, value, bound }) => `${name} ${digits(value)} ${bound === 'compute' ? 'Gflop/s' : 'GB/s'}`).join(', ')}.`;
  return {
    id: i === 0 ? 'roofline' : `roofline-${i + 1}`,
    name: i === 0 ? 'Roofline' : `Roofline ${i + 1}`,
    title,
    caption: `The best candidate of each op (large: geometric mean over its cases; small: a case) stands above its baseline: the line between is the speedup. Flat ceilings are of arithmetic (FMA: fused multiply-adds), sloping ones of memory. What is shaded lies above what this machine was measured to do.`,
    note: noteOf(views, points, unknown),
    body: chart(label, drawnRoofline(points, ceilings)),
    table: tableOf(points),
  };
}

function noteOf(views: readonly View[], points: readonly Point[], unknown: number): string {
  const sets = [...new Set(views.map(({ record }) => record))].flatMap(({ ceilings }) => ceilings ?? []);
  const dates = [...new Set(sets.map(({ measuredAt }) => minute(measuredAt)))].sort();
  const above = points.filter(({ share }) => share && share.greatest > 100).length;
  return [
    dates.length > 0
      ? `Ceilings measured on ${listed(dates)} UTC; those of memory at the greatest width and number of threads that was used.`
      : 'This record holds only those ceilings that bound a case.',
    ...(sets.length > 1
      ? [
          'The speed of the machine changed meanwhile: the highest ceilings are drawn, and shares are of those beside each run.',
        ]
      : []),
    ...(above > 0
      ? [`${counted(above, 'kernel')} went beyond a ceiling: it was measured while the machine was slower.`]
      : []),
    ...(unknown > 0 ? [`Left out: ${counted(unknown, 'case')} whose speed or bytes are not known.`] : []),
  ].join(' ');
}

const bounds = [
  { bound: 'compute', by: 'arithmetic', what: 'FMA ceiling' },
  { bound: 'memory', by: 'memory', what: 'bandwidth' },
] as const;

/** The shares of what bounds kernels, in the mean over their cases; peers aside. One or two have their names. */
export function rooflineTitle(points: readonly Point[]): string {
  const parts = bounds.flatMap(({ bound, by, what }) => {
    const some = points.filter((point) => !point.peer && point.bound === bound);
    const shares = some.flatMap(({ share }) => share?.mean ?? []);
    if (shares.length === 0) return [];
    const who = some.length < 3 ? listed(some.map(({ op }) => op)) : `kernels bound by ${by}`;
    const reach = some.length === 1 ? 'reaches' : 'reach';
    return [`${who} ${reach} ${percents(shares)} % of ${some.length === 1 ? 'its' : 'their'} ${what}`];
  });
  if (parts.length === 0) return `${counted(points.length, 'kernel')} under the measured ceilings`;
  const areAll = parts.every((part) => part.startsWith('kernels'));
  const text = areAll ? parts.join(', ').replace(/, kernels (.*) reach/, ', those $1') : parts.join(', ');
  return text.replace(/^kernels/, 'Kernels');
}

/** `56 to 68`. */
function percents(shares: readonly number[]): string {
  const ends = [Math.min(...shares), Math.max(...shares)];
  return [...new Set(ends.map((share) => (share < 1 ? digits(share) : share.toFixed(0))))].join(' to ');
}

function tableOf(points: readonly Point[]): Table {
  const numbers = ['cases', 'flop per byte', 'Gflop/s', 'baseline', '% of ceiling', 'least', 'greatest'];
  const number = (value: number | undefined) => ({ text: digits(value ?? null), by: value ?? 0 });
  return {
    of: 'the roofline',
    columns: [
      { head: 'op' },
      { head: 'candidate' },
      ...numbers.map((head) => ({ head, isNumber: true })),
      { head: 'ceilings' },
    ],
    rows: points
      .toSorted((a, b) => b.y - a.y)
      .map(({ op, candidate, peer, cases, x, y, baseline, share, ceilings }) => [
        op,
        peer ? `${candidate} (peer)` : shortName(candidate, op),
        `${cases.length}`,
        ...[x, y, baseline, share?.mean, share?.least, share?.greatest].map(number),
        ceilings.join('; ') || 'not measured',
      ]),
  };
}
