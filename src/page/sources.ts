/** The sources behind the best means, each beside what it grew from. */
import { diffArrays } from 'diff';
import { diffLimits } from '../analysis/sourceDiff.ts';
import { counted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';
import type { Record } from '../records/schema.ts';
import { highlighted, type Line, linesOf } from './highlight.ts';
import type { Section } from './section.ts';
import type { Subject, View } from './subject.ts';

type Candidate = Record['candidates'][number];
type Sources = Candidate['sources'];

/** What a source is compared with. */
interface Reference {
  readonly name: string;
  readonly record: Record;
  readonly sources: Sources;
}

interface Shown {
  readonly candidate: Candidate;
  readonly record: Record;
  readonly reference: Reference | null;
}

/** A file as it is shown. */
interface File {
  readonly path: string;
  readonly about: string;
  readonly changes: number;
  readonly body: Markup;
}

/** Characters of a file, and of all files of the page. */
const [maxFile, maxPage] = [24_000, 240_000];
/** The share of its lines that a candidate has in common with one that it grew from. */
const minShared = 0.3;
/** Lines of a stretch that is shown whole, and what is left at the edges of a longer one. */
const [maxStretch, context] = [8, 3];

const textOf = ({ texts }: Record, hash: string): string | null => (Object.hasOwn(texts, hash) ? texts[hash] : null);

export function sources(subject: Subject): Section[] {
  const best = subject.views.flatMap((view) => bestOf(view).map((candidate) => ({ view, candidate })));
  const once = new Map(best.map((one) => [`${one.candidate.candidate}\n${one.candidate.hash}`, one]));
  const shown = [...once.values()].map(({ view, candidate }) => {
    return { candidate, record: view.record, reference: referenceOf(subject, view, candidate) };
  });
  const held = shown.filter(({ candidate, record }) =>
    candidate.sources.some(({ hash }) => textOf(record, hash) !== null),
  );
  if (shown.length === 0) return [];
  const head = { id: 'sources', name: 'Sources' };
  if (held.length === 0)
    return [
      {
        ...head,
        title: 'The sources are not in these records',
        caption: null,
        body: 'Records of version 1 hold no sources. Run nfold bench again for a record that does.',
      },
    ];
  const until = performance.now() + diffLimits.maxMs;
  const room = roomOf(held);
  return [
    {
      ...head,
      title: sourcesTitle(held),
      caption:
        'Each file opens with a click. Lines with + are new and lines with − are gone; long stretches that did not change are folded. Characters that hide or reorder text show as \\u and their code.',
      body: held.map((one) => candidateMarkup(one, filesOf(one, room, until))),
    },
  ];
}

/** The best candidate of a view, or of each of its ops. */
function bestOf({ overall, best, record }: View): Candidate[] {
  const ids = overall && overall.candidates.length > 0 ? overall.candidates : [best?.candidate];
  return record.candidates.filter(({ candidate, peer }) => !peer && ids.includes(candidate));
}

function sourcesTitle(shown: readonly Pick<Shown, 'candidate' | 'reference'>[]): string {
  const [{ candidate, reference }, ...others] = shown;
  if (others.length > 0) return `The sources of the ${shown.length} best candidates, and what each changed`;
  return `The source of ${candidate.candidate}${reference ? `, beside ${reference.name}` : ''}`;
}

/** Its own earlier source, else the next slower candidate if it looks like it, else the baseline. */
function referenceOf(
  { records }: Subject,
  { record, rows }: View,
  { candidate: id, op, sources: own }: Candidate,
): Reference | null {
  const hashes = (some: Sources) => some.map(({ hash }) => hash).join();
  const isHeld = (one: Reference) => one.sources.length > 0 && textOf(one.record, one.sources[0].hash) !== null;
  const earlier = records
    .slice(0, records.indexOf(record))
    .toReversed()
    .flatMap((other) => other.candidates.map((one) => ({ ...one, record: other })))
    .filter((one) => one.candidate === id && one.op === op && !one.peer && hashes(one.sources) !== hashes(own))
    .map((one) => ({
      name: `its earlier source, in record ${one.record.id}`,
      record: one.record,
      sources: one.sources,
    }));
  const ranked = rows.flatMap(({ candidate }) => (candidate?.op === op && !candidate.peer ? [candidate] : []));
  const slower = ranked
    .slice(ranked.findIndex(({ candidate }) => candidate === id) + 1)
    .slice(0, 1)
    .map((one) => ({ name: `the next slower candidate, ${one.candidate}`, record, sources: one.sources }))
    .filter((one) => isHeld(one) && sharedLines(record, own, one.sources) >= minShared);
  const baseline = record.baselines
    .filter((one) => one.op === op)
    .map((one) => ({ name: 'the baseline', record, sources: one.sources }));
  return [...earlier, ...slower, ...baseline].find(isHeld) ?? null;
}

/** Of the lines of the first file: those that the first file of the other has too, as a share. */
function sharedLines(record: Record, own: Sources, other: Sources): number {
  const [lines, others] = [own, other].map(([first]) => {
    const text = first ? (textOf(record, first.hash) ?? '') : '';
    return text
      .slice(0, maxFile)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length > 3);
  });
  const known = new Set(others);
  return lines.length === 0 ? 0 : lines.filter((line) => known.has(line)).length / lines.length;
}

/** The hashes of what the page has room for, each with the candidate that shows it. */
function roomOf(shown: readonly Shown[]): ReadonlyMap<string, string> {
  const room = new Map<string, string>();
  let left = maxPage;
  for (const { candidate, record } of shown)
    for (const { hash } of candidate.sources) {
      const size = Math.min(linesOf(textOf(record, hash) ?? '').join('\n').length, maxFile);
      if (room.has(hash) || size > left) continue;
      room.set(hash, candidate.candidate);
      left -= size;
    }
  return room;
}

function filesOf({ candidate, record, reference }: Shown, room: ReadonlyMap<string, string>, until: number): File[] {
  return candidate.sources.map(({ path, hash }, i): File => {
    const text = textOf(record, hash);
    const named = (about: string): File => ({ path, about, changes: 0, body: null });
    if (text === null) return named('not in the record');
    if (text.startsWith('data:'))
      return named(`a ready-made module, ${text.length.toLocaleString('en')} characters as a data URL`);
    const shownBy = room.get(hash);
    if (shownBy === undefined) return named('left out, as the page has no room for it; the record holds it');
    if (shownBy !== candidate.candidate) return named(`shown with ${shownBy}`);
    // The first file is the candidate's own, whatever it is called.
    const other = i === 0 ? reference?.sources[0] : reference?.sources.find((one) => one.path === path);
    const before = other && reference && textOf(reference.record, other.hash);
    return fileMarkup({ path, text }, other && before ? { path: other.path, text: before } : null, until);
  });
}

interface Text {
  readonly path: string;
  readonly text: string;
}

function fileMarkup({ path, text }: Text, other: Text | null, until: number): File {
  const all = linesOf(text);
  const whole = all.join('\n');
  const shown = whole.slice(0, maxFile).toWellFormed().split('\n');
  const lines = highlighted(shown, path, until);
  const count = counted(all.length, 'line');
  const plain = (about: string): File => ({ path, about, changes: 0, body: html`<pre>${joined(lines, '')}</pre>` });
  if (whole.length > maxFile)
    return plain(`the first ${maxFile.toLocaleString('en')} characters of ${count}; the record holds the rest`);
  if (other === null) return plain(count);
  if (other.text === text) return plain(`${count}, unchanged`);
  const before = linesOf(other.text);
  const timeout = Math.max(1, until - performance.now());
  const changes =
    before.join().length > maxFile
      ? undefined
      : diffArrays(before, shown, { maxEditLength: diffLimits.maxEditLength, timeout });
  if (!changes) return plain(`${count}, of which too many differ for a comparison`);
  const [old, at] = [highlighted(before, other.path, until), { before: 0, after: 0 }];
  const parts = changes.map(({ added, removed, count: length }): Part => {
    const kind = added ? 'added' : removed ? 'removed' : 'same';
    const own = removed ? old.slice(at.before, at.before + length) : lines.slice(at.after, at.after + length);
    if (!added) at.before += length;
    if (!removed) at.after += length;
    return { kind, lines: own };
  });
  const sum = (kind: Part['kind']) => parts.reduce((n, part) => n + (part.kind === kind ? part.lines.length : 0), 0);
  const [added, removed] = [sum('added'), sum('removed')];
  return { path, about: `${count}, +${added} −${removed}`, changes: added + removed, body: parts.map(partMarkup) };
}

interface Part {
  readonly kind: 'added' | 'removed' | 'same';
  readonly lines: readonly Line[];
}

const signs = { added: '+ ', removed: '− ', same: '  ' } as const;

const joined = (lines: readonly Line[], sign: string): Markup => lines.map(({ marked }) => [sign, marked, '\n']);

function partMarkup({ kind, lines }: Part): Markup {
  const what = `${lines.length} ${kind === 'same' ? 'unchanged' : kind} line${lines.length === 1 ? '' : 's'}`;
  const block = (some: readonly Line[]) =>
    html`<pre class=${kind}>${kind !== 'same' && html`<span class="aloud">${what}: </span>`}${joined(some, signs[kind])}</pre>`;
  if (kind === 'added' || lines.length <= maxStretch) return block(lines);
  const inner = lines.slice(context, -context);
  return html`${block(lines.slice(0, context))}
    <details><summary>${inner.length} more ${kind === 'same' ? 'unchanged' : kind} lines</summary>${block(inner)}</details>
    ${block(lines.slice(-context))}`;
}

/** Its own file and what changed, and the others behind one more click. */
function candidateMarkup({ candidate, reference }: Shown, files: readonly File[]): Markup {
  const [first, others] = [
    files.filter(({ changes }, i) => i === 0 || changes > 0),
    files.slice(1).filter(({ changes }) => changes === 0),
  ];
  const detailed = (file: File) => details(file, candidate.candidate);
  return html`<h3>${candidate.candidate}</h3>
    <p class="what">${candidate.about && `${candidate.about}. `}${reference ? `Beside ${reference.name}.` : 'The record holds nothing to compare it with.'}</p>
    ${first.map(detailed)}
    ${others.length > 0 && html`<details class="file"><summary>${counted(others.length, 'more file')}</summary>${others.map(detailed)}</details>`}`;
}

/** A file that two candidates share may have changed between their records: its label says whose it is. */
function details({ path, about, body }: File, candidate: string): Markup {
  const name = html`<code>${path}</code> <span>${about}</span>`;
  if (body === null) return html`<p class="file">${name}</p>`;
  return html`<details class="file"><summary>${name}</summary><div class="source" tabindex="0" role="region" aria-label="Source ${path} of ${candidate}">${body}</div></details>`;
}
