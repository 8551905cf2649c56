/** Which claims hold on which classes of machines, for records of several. */
import { type Claim, claimsOf } from '../analysis/claims.ts';
import { classesOf } from '../analysis/classes.ts';
import type { Compared } from '../analysis/compare.ts';
import type { Record } from '../records/schema.ts';
import { digits } from './format.ts';

/** A..Z, AA, AB... */
export function letter(i: number): string {
  const last = String.fromCharCode(65 + (i % 26));
  return i < 26 ? last : letter(Math.floor(i / 26) - 1) + last;
}

/** The classes with the letters of their records, then up to two lines a candidate; empty if there is one class only. */
export function classLines(records: readonly Record[], compared: Compared): string[] {
  const classes = classesOf(records);
  const claims = claimsOf(records, compared);
  const members = Map.groupBy(classes.keys(), (i) => classes[i]);
  if (members.size === 1) return [];
  const listed = [...members].map(([name, own]) => `${own.map(letter).join(', ')} on ${name}`);
  const lines = compared.means
    .filter(({ peer }) => !peer)
    .flatMap(({ op, candidate }) => {
      const own = claims.filter((claim) => claim.op === op && claim.candidate === candidate);
      const ofBaseline = own.filter(({ against }) => against === null);
      const missing = [...members.keys()].filter((name) => ofBaseline.every((claim) => claim.class !== name));
      const parts = [...where(ofBaseline), ...missing.map((name) => `without a time on ${name}`)];
      const ofRecord = where(own.filter(({ against }) => against !== null));
      return [
        `${candidate} against its baseline: ${parts.join('; ')}`,
        ...(ofRecord.length > 0 ? [`${candidate} against the first record of the class: ${ofRecord.join('; ')}`] : []),
      ];
    });
  return [`Classes of machines: ${listed.join('; ')}`, ...lines];
}

/** `faster on amd-zen3-avx2-2c (A 3.00x, B 3.90x)` */
function where(claims: readonly Claim[]): string[] {
  const groups = Map.groupBy(claims, (claim) => `${claim.verdict ?? 'not to be judged'} on ${claim.class}`);
  return [...groups].map(([what, own]) => `${what} (${own.map(ratioText).join(', ')})`);
}

const ratioText = ({ record, against, ratio }: Claim) =>
  `${letter(record)}${against === null ? '' : ` / ${letter(against)}`} ${digits(ratio.value)}x`;
