/** The samples behind a suite's speedups: every call of its best candidate, so that noise, drift and what was left out are seen. */
import { max, median, min } from 'simple-statistics';
import { counted } from '../contract/words.ts';
import { chart } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { edges, round, times } from '../draw/words.ts';
import { duration } from '../report/format.ts';
import type { Section, Table } from './section.ts';
import { drawnRounds, drawnStrips } from './stripChart.ts';
import { type Group, groupsOf, leftOutOf, type Strip } from './stripData.ts';
import type { Subject } from './subject.ts';

/** Beyond this many cases only the rounds are drawn, and the calls of the best and the worst. */
const maxStrips = 20;
const extremes = 5;
/** Share of calls left out from which it is the finding. */
const many = 0.1;
const fewRounds = 3;

/** One for each suite and machine that has samples. */
export function samples({ views }: Subject): Section[] {
  const isAlone = new Set(views.map(({ machine }) => machine)).size === 1;
  const found = views.flatMap((view) => {
    const groups = groupsOf(view);
    return groups.length > 0 ? [{ view, groups }] : [];
  });
  const ids = found.map(({ view }) => `samples-${view.suite.name.replace(/[^\w-]/g, '-')}`);
  return found.map(({ view: { suite, machine }, groups }, i) => {
    const before = ids.slice(0, i).filter((id) => id === ids[i]).length;
    const who = isAlone ? suite.name : `${suite.name} on ${machine}`;
    return section(groups, who, before === 0 ? ids[i] : `${ids[i]}-${before + 1}`);
  });
}

function section(groups: readonly Group[], who: string, id: string): Section {
  const strips = groups.flatMap((group) => group.strips);
  const ofRounds = groups.length > 1 || strips.length > maxStrips;
  const title = stripsTitle(groups, who, ofRounds);
  const whose = groups.length > 1 ? 'the best candidate of each op' : groups[0].candidate;
  const label = `${title}. Each ${ofRounds ? 'round' : 'call'} of ${whose} as a speedup over the baseline, by case, on a log scale.`;
  const draw = ofRounds ? drawnRounds(groups) : drawnStrips(strips);
  return {
    id,
    name: `Samples of ${who}`,
    title,
    caption: `${ofRounds ? roundsCaption : callsCaption} Shown: ${whose}.`,
    note: noteOf(groups),
    body: [chart(label, draw), ofRounds && groups.length === 1 ? callsOfExtremes(strips) : null],
    table: tableOf(groups, who),
  };
}

/** Where there are too many cases for the calls of all. */
function callsOfExtremes(strips: readonly Strip[]): Markup {
  const timed = strips.filter(({ result }) => result.speedup);
  const what = `Calls of the ${extremes} best and the ${extremes} worst cases`;
  const draw = drawnStrips([...new Set([...timed.slice(0, extremes), ...timed.slice(-extremes)])]);
  return html`<details><summary>${what}</summary>${chart(`${what}, as speedups, by round, on a log scale`, draw)}</details>`;
}

const callsCaption =
  'Each dot is a timed call: the time of the baseline in the same turn over its own. A case has a line for each round, the first on top, and time runs down within it. The tick is the ratio of the round, the long line the speedup, the band its 95 % interval.';
const roundsCaption =
  'Each tick is the ratio of a round: the time of the baseline over that of the candidate. The long line is the speedup, the band its 95 % interval.';

function noteOf(groups: readonly Group[]): string {
  const strips = groups.flatMap((group) => group.strips);
  const calls = strips.flatMap((strip) => strip.calls);
  const out = leftOutOf(calls).length;
  const waits = groups.every(({ hasWaits }) => !hasWaits)
    ? 'This system keeps no account of waiting for a CPU, so every call counts.'
    : out === 0
      ? 'None of the candidate’s calls is left out: none waited for a CPU.'
      : `Left out: ${out} of the candidate’s ${counted(calls.length, 'call')}. They waited for a CPU, or one side of their turn had no calm call; the scheduler’s account tells, never the time.`;
  const rounds = Math.max(...strips.map(({ ratios }) => ratios.size));
  const isFew = rounds > 0 && rounds <= fewRounds;
  return isFew
    ? `${waits} Over ${counted(rounds, 'round')} an interval is wide: little is known of the spread.`
    : waits;
}

/** `who`: the suite, and its machine where there are several. */
function stripsTitle(groups: readonly Group[], who: string, ofRounds: boolean): string {
  const strips = groups.flatMap((group) => group.strips);
  const all = strips.flatMap(({ calls }) => calls);
  const out = leftOutOf(all);
  if (out.length === all.length) return `${who}: no call was calm, so there is no speedup`;
  const calm = all.flatMap(({ value, isLeftOut }) => (isLeftOut ? [] : [value]));
  const left = `${out.length} of ${counted(all.length, 'call')} ${out.length === 1 ? 'is' : 'are'} left out`;
  if (strips.every(({ result }) => !result.speedup))
    return `${who}: all speedups are withheld${out.length > 0 ? `; ${left}` : ''}`;
  const isMany = out.length >= many * all.length;
  if (isMany && median(out.map(({ value }) => value)) < median(calm) / 2)
    return `${who}: a busy machine cost ${out.length} of ${all.length} calls, which would have read as slow kernels`;
  const values = ofRounds ? strips.flatMap((strip) => [...strip.ratios.values()]) : calm;
  const what = ofRounds ? 'round' : groups.some(({ hasWaits }) => hasWaits) ? 'calm call' : 'call';
  return `${who}: ${extentOf(values, what)}; ${isMany ? left : widest(groups)}`.replace(/; $/, '');
}

function extentOf(values: readonly number[], what: string): string {
  const [least, greatest] = [min([...values]), max([...values])];
  if (least > 1) return `every ${what} is more than ${round(roundedDown(least))} as fast`;
  if (greatest < 1) return `every ${what} is slower than the baseline`;
  const slow = values.filter((value) => value <= 1).length;
  return `${slow} of ${counted(values.length, what)} ${slow === 1 ? 'is' : 'are'} no faster than the baseline`;
}

/** To two digits: no value lies below it. */
function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / unit) * unit;
}

/** The case whose interval is the widest, where there are several. */
function widest(groups: readonly Group[]): string {
  const found = groups.flatMap(({ op, strips }) =>
    strips.flatMap(({ result: { case: name, speedup } }) =>
      speedup?.low && speedup.high
        ? [{ name: groups.length > 1 ? `${op} at ${name}` : name, ratio: speedup.high / speedup.low }]
        : [],
    ),
  );
  const [first, second] = found.sort((a, b) => b.ratio - a.ratio);
  return second ? `${first.name} has the widest interval` : '';
}

function tableOf(groups: readonly Group[], who: string): Table {
  const rows = groups.flatMap(({ op, strips }) => strips.map((strip) => ({ op, ...strip })));
  const rounds = [...new Set(rows.flatMap(({ calls }) => calls.map((call) => call.round)))].sort((a, b) => a - b);
  const numbers = ['speedup', '95 % interval', ...rounds.map((i) => `round ${i + 1}`), 'calls', 'left out', 'baseline'];
  const heads = groups.length > 1 ? ['case', 'op'] : ['case'];
  return {
    of: `the samples of ${who}`,
    columns: [...heads.map((head) => ({ head })), ...numbers.map((head) => ({ head, isNumber: true }))],
    rows: rows.map(({ op, result: { case: name, speedup, disturbed, baseline }, calls, ratios: byRound }) => [
      name,
      ...(groups.length > 1 ? [op] : []),
      { text: speedup ? times(speedup.value) : 'withheld', by: speedup?.value ?? 0 },
      speedup ? edges(speedup) : (disturbed ?? 'none'),
      ...rounds.map((i) => {
        const value = byRound.get(i);
        return { text: value === undefined ? 'left out' : times(value), by: value ?? 0 };
      }),
      `${calls.length}`,
      `${leftOutOf(calls).length}`,
      { text: duration(baseline.timeNs), by: baseline.timeNs ?? 0 },
    ]),
  };
}
