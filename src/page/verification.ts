/** How close each op comes to its error bound, by the worst error of all checks; and by how much what failed lies beyond. */
import { counted } from '../contract/words.ts';
import { chart, type Drawing, isNarrow, px } from '../draw/chart.ts';
import { html, type Markup } from '../draw/markup.ts';
import { shortened, shortName } from '../draw/words.ts';
import type { Record } from '../records/schema.ts';
import type { Section, Table } from './section.ts';
import { type Subject, shownRecords } from './subject.ts';

/** What verification says of a candidate or peer. */
interface Verified {
  readonly program: string;
  readonly op: string;
  readonly peer: boolean;
  readonly checks: number;
  readonly failed: boolean;
  /** Worst error over its bound; null if the failure is not a matter of size. */
  readonly worst: number | null;
  /** The kind of failure. */
  readonly reason: string | null;
}

/** Rows that are drawn; the table has all. */
const maxBars = 60;

/** One for each class of machines. */
export function verifications(subject: Subject): Section[] {
  const machines = [...Map.groupBy(shownRecords(subject), ({ machine }) => machine)];
  return machines.map(([machine, shown], i) => {
    const number = machines.length > 1 ? `${i + 1}` : '';
    const programs = new Map(
      shown.flatMap(({ record }) => verifiedIn(record)).map((one) => [`${one.op}\n${one.program}`, one]),
    );
    return verification([...programs.values()], number, machines.length > 1 ? ` (${machine})` : '');
  });
}

function verifiedIn({ candidates, results }: Record): Verified[] {
  const held = Map.groupBy(results, (row) => `${row.op}\n${row.candidate}`);
  return candidates.flatMap(({ candidate: program, op, peer, checks, finding }): Verified[] => {
    if (op === null) return [];
    const own = { program, op, peer, checks };
    if (finding) {
      const { error, bound, reason } = finding;
      const worst = error !== null && bound !== null && bound > 0 && error > bound ? error / bound : null;
      return [{ ...own, failed: true, worst, reason }];
    }
    const found = held.get(`${op}\n${program}`)?.flatMap((row) => row.verification?.worst ?? []) ?? [];
    return found.length > 0 ? [{ ...own, failed: false, worst: Math.max(...found), reason: null }] : [];
  });
}

/** What failed by most first, then the ops by their worst candidate. */
function barsOf(programs: readonly Verified[]): Verified[] {
  const own = programs.filter(({ peer }) => !peer);
  const passed = own.filter(({ failed }) => !failed);
  const worst = [...Map.groupBy(passed, ({ op }) => op).values()].map((all) => all.sort(byWorst)[0]);
  return [...own.filter(({ failed }) => failed).sort(byWorst), ...worst.sort(byWorst)];
}

const byWorst = (a: Verified, b: Verified) => (b.worst ?? Infinity) - (a.worst ?? Infinity) || 0;

function verification(programs: readonly Verified[], number: string, where: string): Section {
  const bars = barsOf(programs);
  const head = { id: `verification${number}`, name: 'Verification' };
  if (bars.length === 0)
    return {
      ...head,
      title: `No candidate was verified${where}`,
      caption: null,
      body: 'The record holds no result of a verification. Run nfold verify, or nfold bench, which verifies first.',
    };
  const own = programs.filter(({ peer }) => !peer);
  const peers = programs.length - own.length;
  const checks = own.reduce((sum, one) => sum + one.checks, 0);
  const label = `Worst error over its bound, as bars towards 1: ${bars.map((bar) => `${bar.failed ? bar.program : bar.op} ${valueText(bar)}`).join(', ')}`;
  const left = bars.length > maxBars ? ` The ${bars.length - maxBars} smallest are in the table alone.` : '';
  return {
    ...head,
    title: `${verificationTitle(bars)}${where}`,
    caption: `The bar is the worst error of all candidates, cases, seeds and distributions of inputs, divided by the bound that the op’s algebra gives. Beyond 1 a candidate fails, and its mean is withheld.${left}`,
    note: `${checks.toLocaleString('en')} checks of ${counted(own.length, 'candidate')} against an oracle in double precision${peers > 0 ? `, and as strict ones of ${counted(peers, 'peer')}, which the table lists` : ''}.`,
    body: chart(label, (width) => drawn(width, bars.slice(0, maxBars))),
    table: tableOf(programs, where),
  };
}

function verificationTitle(bars: readonly Verified[]): string {
  const [first] = bars;
  const failed = bars.filter((bar) => bar.failed);
  const ops = bars.length - failed.length;
  const rest = ops === 0 ? '' : `; the rest reaches ${valueText(bars[failed.length])} of its bounds at most`;
  if (failed.length > 1) return `${failed.length} candidates fail verification${rest}`;
  if (first.failed)
    return first.worst === null
      ? `${first.program} fails verification: ${first.reason}${rest}`
      : `${first.program} is off by ${valueText(first)} its error bound${rest}`;
  if (ops === 1) return `${first.op} stays within its error bound: it uses ${valueText(first)} of it`;
  return `${ops === 2 ? 'Both' : `All ${ops}`} ops stay within their error bounds; the closest uses ${valueText(first)} of its`;
}

/** `0.42` of the bound; beyond it, `3.2e+4×`. */
function valueText({ worst, failed, reason }: Verified): string {
  if (worst === null) return reason ?? 'failed';
  if (!failed) return worst.toFixed(2);
  return `${worst < 1000 ? Number(worst.toPrecision(3)) : worst.toExponential(1)}×`;
}

const tableOf = (programs: readonly Verified[], where: string): Table => ({
  of: `the verification${where}`,
  columns: [
    { head: 'program' },
    { head: 'op' },
    { head: 'verdict' },
    { head: 'checks passed', isNumber: true },
    { head: 'worst error / bound', isNumber: true },
  ],
  rows: programs
    .toSorted(byWorst)
    .map((one) => [
      one.peer ? `${one.program} (peer)` : one.program,
      one.op,
      one.failed ? 'fail' : 'pass',
      { text: `${one.checks}`, by: one.checks },
      { text: valueText(one), by: one.worst ?? Number.MAX_VALUE },
    ]),
});

/** Pixels of a character, on average. */
const letter = 6.8;

/** As much of a text as fits into so many pixels. */
const fitted = (text: string, pixels: number) => shortened(text, Math.floor(pixels / letter));

function drawn(width: number, bars: readonly Verified[]): Drawing {
  const narrow = isNarrow(width);
  const [left, one, pitch] = narrow ? [2, width - 34, 36] : [212, width - 60, 24];
  const height = 26 + pitch * bars.length + 4;
  const x = (share: number) => px(left + share * (one - left));
  const marks = bars.map((bar, i): Markup => {
    const { op, program, failed, worst } = bar;
    const top = 26 + pitch * i + (narrow ? 18 : 5);
    const [labelX, labelY] = narrow ? [2, top - 4] : [0, top + 12];
    const name = html`<text x=${labelX} y=${labelY} class="lab">${fitted(op, narrow ? width : left - 8)}</text>`;
    if (failed) {
      const [y, tip] = [top + 7, width - 2];
      const says = ` ${valueText(bar)}`;
      const text = fitted(shortName(program, op), one - left - 8 - letter * says.length) + says;
      const room = px(letter * text.length + 14);
      return html`<g class="broken">${name}<path d="M${left} ${y}H${tip}M${tip - 7} ${y - 5}L${tip} ${y}L${tip - 7} ${y + 5}" class="beyond" />
        <rect x=${px(one - room)} y=${top} width=${px(room - 2)} height="14" class="mask" />
        <text x=${one - 7} y=${top + 12} class="lab out" text-anchor="end">${text}</text></g>`;
    }
    const end = x(worst ?? 0);
    return html`<g>${name}<rect x=${left} y=${top} width=${px(end - left)} height="14" rx="2" class="vbar" />
      <text x=${px(end + 7)} y=${top + 12} class="lab b halo">${valueText(bar)}</text></g>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75].map((share) => {
    const anchor = share === 0 ? 'start' : 'middle';
    return html`<line x1=${x(share)} y1="26" x2=${x(share)} y2=${height - 4} class="grid" /><text x=${x(share)} y="19" class="tick" text-anchor=${anchor}>${share}</text>`;
  });
  return {
    height,
    marks: [
      html`<rect x=${one} y="26" width=${width - one} height=${height - 30} class="fail" />`,
      ticks,
      html`<line x1=${one} y1="26" x2=${one} y2=${height - 4} class="bound" />`,
      html`<text x=${width} y="19" class="tick strong" text-anchor="end">1 = bound</text>`,
      marks,
    ],
  };
}
