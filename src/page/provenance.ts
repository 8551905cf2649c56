/** Whether the numbers can be trusted and repeated: what was noticed, what ran where, and the commands that get it again. */
import { isSnapshot } from '../contract/variant.ts';
import { counted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';
import { listed } from '../draw/words.ts';
import { describeMachine } from '../machine/describe.ts';
import type { Record } from '../records/schema.ts';
import { minute } from '../report/format.ts';
import { warningWords } from '../report/warnings.ts';
import { command, copyable } from './commands.ts';
import { type Cell, type Section, type Table, tableMarkup, values } from './section.ts';
import { type Subject, shownRecords } from './subject.ts';

export function provenance(subject: Subject): Section[] {
  const shown = shownRecords(subject).map(({ record }) => record);
  const all = warningRows(shown);
  const [warnings, notes] = [all.filter(({ remedy }) => remedy), all.filter(({ remedy }) => !remedy)];
  return [
    {
      id: 'provenance',
      name: 'Provenance',
      title: provenanceTitle(shown, all),
      caption:
        'What was noticed during the runs, and what to do about it. Below: where the numbers come from, and how to get them again.',
      body: html`${warnings.length > 0 && tableMarkup(warningTable(warnings))}
        ${notes.length > 0 && html`<ul class="notes">${notes.flatMap(({ seen }) => seen.map((one) => html`<li>${toldMarkup(one)}</li>`))}</ul>`}
        <h3>Where it ran</h3><dl class="kv">${factsOf(shown)}</dl>
        <h3>${counted(subject.records.length, 'record')}</h3>${shortTable(recordTable(subject.records))}
        <h3>Get it again</h3>${commandsOf(shown)}
        <h3>What ran</h3>${shortTable(programTable(shown))}`,
    },
  ];
}

interface Warned {
  readonly name: string;
  readonly remedy: string;
  /** What was seen, with the ids of the records that say so. */
  readonly seen: readonly Told[];
}

/** A value, and the ids of the records that have it; none where all of them have. */
interface Told {
  readonly text: string;
  readonly of: readonly string[];
}

/** The values that records have, each once. */
function told(records: readonly Record[], valuesOf: (record: Record) => readonly string[]): Told[] {
  const all = records.flatMap((record) => valuesOf(record).map((text) => ({ text, id: record.id })));
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, own]) => {
    const ids = [...new Set(own.map(({ id }) => id))];
    return { text, of: ids.length === records.length ? [] : ids };
  });
}

/** By kind; those that differ in their remedy have a row each. */
function warningRows(records: readonly Record[]): Warned[] {
  const keyOf = (one: ReturnType<typeof warningWords>) => `${one.name}\n${one.remedy}`;
  const all = new Map(records.flatMap(({ warnings }) => warnings.map(warningWords)).map((one) => [keyOf(one), one]));
  return [...all].map(([key, { name, remedy }]) => {
    const own = ({ warnings }: Record) => warnings.map(warningWords).filter((one) => keyOf(one) === key);
    return { name, remedy, seen: told(records, (record) => own(record).map(({ seen }) => seen)) };
  });
}

function provenanceTitle(records: readonly Record[], warnings: readonly Warned[]): string {
  const runs = records.length === 1 ? 'this run' : `these ${records.length} runs`;
  // A record of version 1 or 2 holds sentences alone.
  const count = warnings.reduce((sum, { remedy, seen }) => sum + (remedy ? 1 : seen.length), 0);
  if (count === 0) return `No warnings were recorded for ${runs}`;
  const remedies = warnings.some(({ remedy }) => !remedy)
    ? ''
    : count === 1
      ? ', with a remedy'
      : ', each with a remedy';
  return `${counted(count, 'thing')} may have disturbed ${runs}${remedies}`;
}

const toldMarkup = ({ text, of }: Told): Markup =>
  [
    text,
    of.length > 0 && html` <span class="dim">(${of.length > 3 ? counted(of.length, 'record') : listed(of)})</span>`,
  ] as Markup;

const lines = (values: readonly Told[]): Markup => values.map((one) => html`<div>${toldMarkup(one)}</div>`);

const warningTable = (warnings: readonly Warned[]): Table => ({
  of: 'the warnings',
  kind: 'warn',
  columns: [{ head: 'warning' }, { head: 'seen' }, { head: 'remedy' }],
  rows: warnings.map(({ name, seen, remedy }) => [name, { text: lines(seen), by: seen[0].text }, remedy]),
});

/** What the runs have in common is said once. */
const facts: { readonly [what: string]: (record: Record) => string | readonly string[] | null } = {
  Machine: ({ machine }) => describeMachine(machine),
  Class: ({ machine }) => machine.class,
  Runtime: ({ runtime: { nfold, node, v8 } }) => `nfold ${nfold}, Node ${node}, V8 ${v8}`,
  Effort: ({ effort, seconds, interrupted }) =>
    `${effort}, ${seconds.toFixed(0)} s${interrupted ? ', interrupted before its end' : ''}`,
  Rounds: roundsText,
  Cases: ({ caseFilter }) => caseFilter && `only those that fit ${caseFilter}`,
  Threads: ({ threads }) => (threads === null ? null : `at most ${threads}`),
  'V8 flags': flagLines,
  Isolation: ({ isolation }) => isolation ?? 'not known',
  Seed: ({ seed }) => `${seed}`,
  Commitment: ({ commitment }) =>
    commitment && `${commitment.hash}, the SHA-256 of ${commitment.secret ?? 'a secret that the record lacks'}`,
  Text: ({ text }) => text,
};

const factsOf = (records: readonly Record[]): Markup =>
  Object.entries(facts).map(([what, of]) => {
    const found = told(records, (record) => [of(record) ?? []].flat());
    return found.length > 0 && html`<dt>${what}</dt><dd class="brk">${lines(found)}</dd>`;
  }) as Markup;

function roundsText({ samples }: Record): string {
  const rounds = [...Map.groupBy(samples, (one) => `${one.op}\n${one.case}`).values()].map(
    (own) => new Set(own.map(({ round }) => round)).size,
  );
  if (rounds.length === 0) return 'none, as nothing was timed';
  const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
  return `${least === most ? least : `${least} to ${most}`} for each case`;
}

/** `--flag for a and b`; the others and the baselines run without. */
function flagLines({ results }: Record): readonly string[] {
  const byFlags = Map.groupBy(results, ({ flags }) => flags.join(' '));
  const flagged = [...byFlags].filter(([flags]) => flags !== '');
  if (flagged.length === 0) return ['none'];
  return flagged.map(([flags, own]) => {
    const candidates = [...new Set(own.map(({ candidate }) => candidate))];
    return `${flags} for ${candidates.length > 3 ? counted(candidates.length, 'candidate') : listed(candidates)}; baselines run without`;
  });
}

const recordTable = (records: readonly Record[]): Table => ({
  of: 'the records',
  columns: [
    { head: 'id' },
    { head: 'name' },
    { head: 'started, UTC' },
    { head: 'suites' },
    { head: 'effort' },
    { head: 'class of the machine' },
    { head: 'warnings', isNumber: true },
    { head: 'note' },
  ],
  rows: records.map(({ id, name, note, createdAt, suite, effort, interrupted, machine, warnings }) => [
    code(id),
    name ?? '',
    minute(createdAt),
    suite,
    interrupted ? `${effort}, interrupted` : effort,
    machine.class ?? 'not known',
    `${warnings.length}`,
    { text: html`<div class="long">${note}</div>`, by: note ?? '' },
  ]),
});

const code = (text: string): Cell => ({ text: html`<code>${text}</code>`, by: text });

/** Rows that are shown at once. */
const maxOpen = 12;

/** Without the columns in which nobody says anything. */
function shortTable({ columns, rows, ...table }: Table): Markup {
  const isSaid = (i: number) => rows.some((row) => (typeof row[i] === 'string' ? row[i] : row[i].by) !== '');
  const kept = columns.flatMap((_, i) => (isSaid(i) ? i : []));
  const short = { ...table, columns: kept.map((i) => columns[i]), rows: rows.map((row) => kept.map((i) => row[i])) };
  return rows.length > maxOpen ? values(short) : tableMarkup(short);
}

/** Each program once, from the newest record that has it with this hash. */
function programTable(records: readonly Record[]): Table {
  const all = records.flatMap(({ baselines, candidates }) => [
    ...baselines.map(({ op, hash, sources }) => ({
      name: `${op}/baseline`,
      hash,
      files: sources.length,
      checks: null,
      attempt: null,
    })),
    ...candidates.map(({ candidate, peer, hash, sources, checks, attempt }) => ({
      ...{ name: peer ? `${candidate} (peer)` : candidate, hash, checks },
      ...{ files: sources.length, attempt: peer ? null : attempt },
    })),
  ]);
  const programs = new Map(all.map((one) => [`${one.name}\n${one.hash}`, one]));
  const count = (value: number | null) => ({ text: value === null ? '–' : `${value}`, by: value ?? -1 });
  return {
    of: 'the programs',
    columns: [
      { head: 'program' },
      { head: 'hash of its source' },
      { head: 'files', isNumber: true },
      { head: 'checks passed', isNumber: true },
      { head: 'attempt', isNumber: true },
    ],
    rows: [...programs.values()].map(({ name, hash, files, checks, attempt }) => [
      name,
      hash === null ? '–' : code(hash),
      count(files || null),
      count(checks),
      count(attempt),
    ]),
  };
}

/** Candidates that are named one by one in a command. */
const maxNamed = 6;

function commandsOf(records: readonly Record[]): Markup {
  const whole = records.flatMap((record) => [
    ...(Object.keys(record.texts).length > 0
      ? [
          [
            `${record.suite} with the record’s own sources, seed and settings; says which of its claims hold`,
            command('reproduce', record.id),
          ],
        ]
      : []),
    [`${record.suite} with the sources of your folder, on the same seed`, benchAgain(record)],
  ]);
  const checks = [
    ...new Set(
      records.flatMap((record) =>
        ownIn(record).map((id) => command('verify', id, '--seed', `${record.seed}`, ...effortOf(record))),
      ),
    ),
  ];
  const page = command('report', ...records.map(({ id }) => id), '-o', 'report.html');
  return html`${[...whole, ['This page', page]].map(([what, text]) => html`<p class="what">${what}:</p>${copyable(text)}`)}
    ${checks.length > 0 && html`<details><summary>Verify a candidate again <span>(${counted(checks.length, 'command')})</span></summary>${checks.map(copyable)}</details>`}`;
}

/** The candidates of a record that a command can name. */
const ownIn = ({ candidates }: Record): string[] =>
  candidates.flatMap(({ candidate, peer, op }) => (peer || op === null || isSnapshot(candidate) ? [] : [candidate]));

const effortOf = ({ effort }: Record): string[] => (effort === 'default' ? [] : [`--${effort}`]);

function benchAgain(record: Record): string {
  const { suites, caseFilter, seed, threads } = record;
  const own = ownIn(record);
  return command(
    ...['bench', ...(own.length > 0 && own.length <= maxNamed ? own : suites.map(({ name }) => name))],
    ...(caseFilter === null ? [] : ['--case', caseFilter]),
    ...[...effortOf(record), '--seed', `${seed}`],
    ...(threads === null ? [] : ['--threads', `${threads}`]),
  );
}
