/**
 * A checkpoint: all that a run needs to go on bit for bit, in one file.
 *
 *   one line of JSON (the header) | newline | params | m | v | losses        f32, little-endian, sizes in the header
 *
 * It is written whole or not at all: a crash leaves the old file or the new one. The hash covers the header as well, since a
 * seed or a step that is off by one digit would continue another curve.
 */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { type AnyOp, type Case, lengthOf } from '../contract/op.ts';
import { readGiven, withFile } from '../files/given.ts';
import { isStdout, targetOf } from '../files/target.ts';
import { refusing, testWrite, writeWhole } from '../files/write.ts';
import { bytesOf, type State } from './task.ts';

const schema = 'nfold/checkpoint@1';
const start = '{"schema":"nfold/checkpoint@';
const count = z.int().nonnegative();

const Header = z.object({
  schema: z.literal(schema),
  candidate: z.string(),
  threads: z.int().positive(),
  case: z.string(),
  dims: z.record(z.string(), count),
  scalars: z.record(z.string(), z.number()),
  seed: count,
  /** Steps taken, and how many the run was to take; null where a clock was to end it. */
  step: count,
  steps: count.nullable(),
  text: z.object({ name: z.string(), file: z.string().nullable(), sha256: z.string() }),
  heldOut: z.array(z.tuple([count, z.number()]).readonly()),
  bytes: z.record(z.string(), count),
  sha256: z.string(),
});
export type Header = z.infer<typeof Header>;
export type Description = Omit<Header, 'schema' | 'bytes' | 'sha256' | 'step'>;

export interface Checkpoint {
  readonly header: Header;
  readonly case: Case;
  readonly state: State;
  /** Of every step from the first. */
  readonly losses: readonly number[];
}

/** Throws Unwritten where it cannot be written; what was there before then stays. */
export function writeCheckpoint(
  file: string,
  op: AnyOp,
  description: Description,
  state: State,
  losses: readonly number[],
): void {
  const names = [...(op.carries ?? []), 'losses'];
  const parts = [...state.tensors, Float32Array.from(losses)].map(bytesOf);
  const bytes = Object.fromEntries(names.map((name, i) => [name, parts[i].length]));
  const fields = { schema, ...description, step: state.step, bytes };
  const header = Buffer.from(`${JSON.stringify({ ...fields, sha256: hash(fields, parts) })}\n`);
  writeWhole(file, Buffer.concat([header, ...parts]));
}

/** Throws NfoldError for what is no checkpoint, damaged, or of a model that the op does not have. */
export function readCheckpoint(file: string, op: AnyOp): Checkpoint {
  const content = readGiven('checkpoint', file);
  const end = content.indexOf(10);
  const line = content.subarray(0, Math.max(0, end)).toString();
  if (!line.startsWith(start)) throw new NfoldError(`${file} is not a checkpoint of nfold: it was left as it is.`);
  const damaged = (why: string) => new NfoldError(`The checkpoint ${file} is damaged: ${why}; it was left as it is.`);
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw damaged(`its header cannot be read (${messageOf(error)})`);
  }
  if (raw.schema !== schema)
    throw new NfoldError(
      `${file} is of the version ${raw.schema}, and this nfold reads ${schema}: it was left as it is.`,
    );
  const parsed = Header.safeParse(raw);
  if (!parsed.success) throw damaged(`its header has no valid ${parsed.error.issues[0].path.join('.')}`);
  const header = parsed.data;
  const payload = content.subarray(end + 1);
  const stated = Object.values(header.bytes).reduce((sum, bytes) => sum + bytes, 0);
  if (payload.length !== stated) throw damaged(`${stated} bytes should follow its header, and ${payload.length} do`);
  const { sha256, ...fields } = raw;
  if (hash(fields, [payload]) !== sha256) throw damaged('its bytes are not those that its sha256 was taken of');
  const known = [...op.cases, ...op.edges].find((c) => op.caseName(c) === header.case);
  const names = [...(op.carries ?? []), 'losses'];
  const lengths = names.map((name) => (name === 'losses' ? header.step : lengthOf(op.tensors[name], header.dims)));
  if (!known || !names.every((name, i) => header.bytes[name] === 4 * lengths[i]))
    throw new NfoldError(
      `${file} holds the model ${header.case}, which this nfold does not have: it was left as it is.`,
    );
  let offset = 0;
  const tensors = lengths.map((length) => {
    const part = new Uint8Array(payload.subarray(offset, offset + 4 * length));
    offset += part.length;
    return new Float32Array(part.buffer);
  });
  const losses = Array.from(tensors.pop() ?? []);
  return {
    header,
    case: { dims: header.dims, scalars: header.scalars },
    state: { step: header.step, tensors },
    losses,
  };
}

/** Refuses a name that could not be written at the end of a run, before the run; a checkpoint replaces only its like. */
export function checkWritable(file: string, option: '--save' | '--plot'): void {
  refusing(`${option} ${file}`, file, () => {
    if (option === '--plot' && isStdout(file)) throw new Error('stdout is for what the run reports');
    // A curve can go into a device or a pipe; a checkpoint has to be read again.
    if (option === '--save' || targetOf(file).kind === 'file') testWrite(file);
  });
  const head = option === '--save' ? headOf(file) : null;
  if (head !== null && head !== start)
    throw new NfoldError(`${file} is there already and is not a checkpoint of nfold: give --save another name.`);
}

/** As many bytes as tell a checkpoint; null where there is no file, and '' of one that cannot be read. */
function headOf(file: string): string | null {
  const target = targetOf(file);
  if (target.kind === 'file' && target.there === null) return null;
  const head = Buffer.alloc(start.length);
  const read = withFile(file, Number.POSITIVE_INFINITY, (opened) => readSync(opened, head));
  return typeof read === 'string' ? '' : head.toString();
}

function hash(fields: unknown, parts: readonly Uint8Array[]): string {
  const sha256 = createHash('sha256').update(`${JSON.stringify(fields)}\n`);
  for (const part of parts) sha256.update(part);
  return sha256.digest('hex');
}
