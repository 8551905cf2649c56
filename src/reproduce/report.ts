/** The claims of a record as a terminal shows them: each with what came out here, and why one does not hold or cannot be told. */
import { counted } from '../contract/words.ts';
import { shown } from '../files/places.ts';
import { describe } from '../machine/describe.ts';
import type { Record } from '../records/schema.ts';
import type { Saved } from '../records/store.ts';
import { minute, ratioInterval, speedupText } from '../report/format.ts';
import { pc } from '../report/screen.ts';
import { type ColumnOf, tableOf } from '../report/table.ts';
import { warningText } from '../report/warnings.ts';
import { type Claim, outcomes } from '../schemas/reproduce.ts';

export function reportClaims(record: Record, claims: readonly Claim[], saved: Saved | null): string {
  const groups = Map.groupBy(
    claims.filter(({ why }) => why !== null),
    ({ why, outcome }) => `${outcome}: ${why}`,
  );
  return [
    lineOf('there', record),
    ...(saved
      ? [lineOf('here', saved.record), ...saved.record.warnings.map((one) => pc.yellow(`! ${warningText(one)}`))]
      : []),
    '',
    tableOf(columns, claims),
    ...[...groups].map(([why, group]) => {
      const [first] = group;
      const what = group.length > 1 ? counted(group.length, 'claim') : `${first.candidate}, ${whatOf(first)}`;
      return first.outcome === 'does not hold' ? pc.red(`x ${what}: ${why}`) : `  ${what}: ${why}`;
    }),
    '',
    pc.bold(sentence(claims)),
    ...(saved?.file ? [`Record: ${shown(saved.file)}`] : []),
  ].join('\n');
}

const lineOf = (where: string, { id, createdAt, effort, suite, machine, runtime }: Record) =>
  `${where.padEnd(5)}  ${id}  ${minute(createdAt)} UTC, ${effort} run of ${suite}; ${describe(machine, runtime)}`;

const whatOf = ({ claim, case: name, cases }: Claim): string =>
  claim === 'verdict'
    ? 'verdict'
    : claim === 'mean'
      ? `mean speedup${cases > 0 ? ` of ${counted(cases, 'case')}` : ''}`
      : (name ?? '');

const sideText = ({ claim }: Claim, side: Claim['recorded'] | Claim['here']): string =>
  !side ? '-' : claim === 'verdict' ? side.verdict : speedupText(side.speedup);

const columns: readonly ColumnOf<Claim>[] = [
  { head: 'candidate', text: ({ candidate }) => candidate },
  { head: 'claim', text: whatOf },
  { head: 'there', text: (claim) => sideText(claim, claim.recorded) },
  { head: 'here', text: (claim) => sideText(claim, claim.here) },
  { head: 'ratio', align: 'right', spare: 2, text: ({ ratio }) => ratio?.value.toFixed(3) ?? '' },
  { head: '95 % interval', spare: 3, text: ({ ratio }) => ratioInterval(ratio) },
  { head: 'outcome', text: ({ outcome }) => outcome, style: (text) => (styles[text] ?? String)(text) },
];

const styles: { readonly [outcome: string]: (text: string) => string } = {
  holds: pc.green,
  'does not hold': pc.red,
  "can't be told": pc.dim,
};

/** "Of 4 claims: 3 hold, 1 can't be told here." */
function sentence(claims: readonly Claim[]): string {
  const parts = outcomes.flatMap((outcome) => {
    const count = claims.filter((claim) => claim.outcome === outcome).length;
    const words = {
      holds: count === 1 ? 'holds' : 'hold',
      'does not hold': count === 1 ? 'does not hold' : 'do not hold',
      "can't be told": "can't be told here",
    };
    return count > 0 ? [`${count} ${words[outcome]}`] : [];
  });
  return `Of ${counted(claims.length, 'claim')}: ${parts.join(', ')}.`;
}
