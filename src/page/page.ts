/** A page from its subject: one file that loads nothing, under a policy that lets only its own style and script in. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, render, verbatim } from '../draw/markup.ts';
import { styles } from '../draw/styles.ts';
import { listed, times } from '../draw/words.ts';
import { describeMachine } from '../machine/describe.ts';
import { minute } from '../report/format.ts';
import { attempts } from './attempts.ts';
import { casesOf } from './cases.ts';
import { comparisons } from './comparison.ts';
import { curves } from './curves.ts';
import { failures } from './failures.ts';
import { forests } from './forest.ts';
import { headline, numberOf } from './headline.ts';
import { histories } from './history.ts';
import { ladders } from './ladder.ts';
import { provenance } from './provenance.ts';
import { rooflines } from './roofline.ts';
import { type Section, sectionMarkup } from './section.ts';
import { shares } from './shares.ts';
import { sources } from './sources.ts';
import { samples } from './strips.ts';
import { type Subject, shownRecords } from './subject.ts';
import { verifications } from './verification.ts';

/** In the order of the page; each has nothing to show, or one or several sections. */
const sections: readonly ((subject: Subject) => Section[])[] = [
  ladders,
  forests,
  casesOf,
  samples,
  rooflines,
  comparisons,
  histories,
  attempts,
  shares,
  curves,
  verifications,
  sources,
  provenance,
];

/** What failed, which comes first, and all else. */
export interface Found {
  readonly failed: readonly Section[];
  readonly below: readonly Section[];
}

export const foundIn = (subject: Subject): Found => {
  return { failed: failures(subject), below: sections.flatMap((of) => of(subject)) };
};

const clientScript = () => readFileSync(new URL('client.js', import.meta.url), 'utf8');

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export function pageOf(subject: Subject, { failed, below }: Found = foundIn(subject)): string {
  const [style, script] = [styles(), clientScript()];
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;
  const found = [...failed, ...below];
  const head = html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta http-equiv="Content-Security-Policy" content=${policy} />
    <meta name="color-scheme" content="light dark" />
    <title>${titleOf(subject)}</title>
    ${verbatim('style', style)}
  </head>`;
  const body = html`<body>
    <a class="skip" href="#${below[0]?.id ?? 'top'}">Skip to the charts</a>
    <header id="top">
      <p class="kick"><b>nfold</b> report <span>${kicker(subject)}</span></p>
      ${failed.map(sectionMarkup)}
      ${headline(subject)}
      <nav aria-label="Sections">${found.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
    </header>
    <main>${below.map(sectionMarkup)}</main>
    <footer><p>${footer}</p></footer>
    ${verbatim('script', script)}
  </body>`;
  return `<!doctype html>\n${render([head, body])}\n`;
}

const footer =
  'Mean speedup: the arithmetic mean over the cases of a suite of baseline time / candidate time. Intervals are 95 % intervals on the log scale.';

function titleOf({ views }: Subject): string {
  const parts = views.map((view) => {
    const found = numberOf(view)?.arithmetic;
    return `${view.suite.name} ${found ? times(found.value) : 'withheld'}`;
  });
  return `${parts.join(', ') || 'nothing timed'} · nfold report`;
}

/** What was run, where and when, in a line. */
export function kicker(subject: Subject): string {
  const records = shownRecords(subject).map(({ record }) => record);
  const efforts = [...new Set(records.map(({ effort }) => effort))];
  const machines = [...new Set(records.map(({ machine }) => describeMachine(machine)))];
  const when = records.map(({ createdAt }) => minute(createdAt)).sort();
  const dates = `${when[0]}${when.length > 1 ? ` to ${when.at(-1)}` : ''} UTC`;
  const suites = [...new Set(records.flatMap((record) => record.suites.map(({ name }) => name)))];
  return `${listed(efforts)} run${records.length > 1 ? 's' : ''} of ${listed(suites)} on ${listed(machines)}, ${dates}`;
}
