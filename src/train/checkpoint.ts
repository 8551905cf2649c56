/**
 * A checkpoint holds in one file what a run needs to go on bit for bit:
 *
 *   one line of JSON (the header) | newline | params | m | v | losses        f32, little-endian, sizes in the header
 *
 * It is written whole or not at all, so that a crash leaves the old file or the new one. The hash covers the header as well, since a seed
 * or a step that is off by one digit would continue another curve.
 */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { attempt } from '../contract/attempt.ts';
import { messageOf, NfoldError } from '../contract/errors.ts';
import { type AnyOp, type Case, lengthOf } from '../contract/op.ts';
import { elsewhere } from '../files/elsewhere.ts';
import { readGiven, withFile } from '../files/given.ts';
import { shown, workspace } from '../files/places.ts';
import { isStdout, targetOf } from '../files/target.ts';
import { makeFolder, refusing, remove, testWrite, Unwritten, writeWhole } from '../files/write.ts';
import { decimal, name, sentence } from '../records/fields.ts';
import { bytesOf, type State } from './task.ts';

const schema = 'nfold/checkpoint@1';
const start = '{"schema":"nfold/checkpoint@';
const count = z.int().nonnegative();

const Header = z.object({
  schema: z.literal(schema),
  candidate: name,
  threads: z.int().positive().max(1024),
  case: name,
  dims: z.record(z.string(), count),
  scalars: z.record(z.string(), z.number()),
  seed: count,
  /** Steps taken, and the step at which the run was to end; null where a clock was to end it. */
  step: count,
  steps: count.nullable(),
  text: z.object({ name: sentence, file: z.string().max(4096).nullable(), sha256: name }),
  heldOut: z.array(z.tuple([count, decimal]).readonly()),
  bytes: z.record(z.string(), count),
  sha256: name,
});
type Header = z.infer<typeof Header>;

/** The part of the header that a run knows. */
export type Description = Omit<Header, 'schema' | 'bytes' | 'sha256' | 'step'>;

export interface Checkpoint {
  readonly header: Header;
  readonly case: Case;
  readonly state: State;
  /** One for every step from the first. */
  readonly losses: readonly number[];
}

const partsOf = (op: AnyOp) => [...(op.carries ?? []), 'losses'];

/** Throws Unwritten; the file that was there then stays. */
export function writeCheckpoint(
  file: string,
  op: AnyOp,
  description: Description,
  { state, losses }: Pick<Checkpoint, 'state' | 'losses'>,
): void {
  const parts = [...state.tensors, Float32Array.from(losses)].map(bytesOf);
  const bytes = Object.fromEntries(partsOf(op).map((name, i) => [name, parts[i].length]));
  const fields = { schema, ...description, step: state.step, bytes };
  const header = Buffer.from(`${JSON.stringify({ ...fields, sha256: hash(fields, parts) })}\n`);
  writeWhole(file, Buffer.concat([header, ...parts]));
}

/** Throws NfoldError for a file that is no checkpoint, is damaged, or holds a model that the op does not have. */
export function readCheckpoint(file: string, op: AnyOp): Checkpoint {
  const content = readGiven('checkpoint', file);
  const bad = (message: string) => new NfoldError(message, 'bad-file', { file });
  const refused = (what: string) => bad(`${what}: nfold left it unchanged.`);
  const damaged = (why: string) => bad(`The checkpoint ${file} is damaged: ${why}; nfold left it unchanged.`);
  const end = content.indexOf(10);
  const line = content.subarray(0, Math.max(0, end)).toString();
  if (!line.startsWith(start)) throw refused(`${file} is not a checkpoint of nfold`);
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(line);
  } catch (error) {
    throw damaged(`its header cannot be read (${messageOf(error)})`);
  }
  if (typeof raw.schema === 'string' && raw.schema !== schema)
    throw refused(`${file} is of the version ${raw.schema}, and this nfold reads ${schema}`);
  const parsed = Header.safeParse(raw);
  if (!parsed.success) throw damaged(`its header has no valid ${parsed.error.issues[0].path.join('.')}`);
  const header = parsed.data;
  const { bytes, dims, scalars, step } = header;
  const payload = content.subarray(end + 1);
  const stated = Object.values(bytes).reduce((sum, length) => sum + length, 0);
  if (payload.length !== stated) throw damaged(`${stated} bytes should follow its header, and ${payload.length} do`);
  const { sha256, ...fields } = raw;
  if (attempt(() => hash(fields, [payload]), null) !== sha256)
    throw damaged('its bytes do not have the sha256 that its header states');
  const parts = partsOf(op).map((name) => ({
    stated: bytes[name],
    length: name === 'losses' ? step : lengthOf(op.tensors[name], dims),
  }));
  // A name says all dims.
  const isKnown = [...op.cases, ...op.edges].some((c) => op.caseName(c) === header.case);
  const isNamed = op.caseName({ dims, scalars }) === header.case;
  if (!isKnown || !isNamed || parts.some(({ stated, length }) => stated !== 4 * length))
    throw refused(`${file} holds the model ${header.case}, which this nfold does not have`);
  let offset = 0;
  const tensors = parts.map(({ stated }) => {
    offset += stated;
    return new Float32Array(new Uint8Array(payload.subarray(offset - stated, offset)).buffer);
  });
  if (!tensors.every((tensor) => tensor.every(Number.isFinite))) throw damaged('it holds a number that is not finite');
  const losses = Array.from(tensors.pop() ?? []);
  return { header, case: { dims, scalars }, state: { step, tensors }, losses };
}

/** Refuses, before a run, a file that could not be written at its end. A checkpoint replaces only a checkpoint. */
export function checkWritable(file: string, option: '--save' | '--plot'): void {
  refusing(`${option} ${file}`, file, () => {
    if (option === '--plot' && isStdout(file)) throw new Error('stdout is for the report of the run');
    // A curve can go into a device or a pipe; a checkpoint has to be read again.
    if (option === '--save' || targetOf(file).kind === 'file') testWrite(file);
  });
  const target = targetOf(file);
  if (option === '--plot' || (target.kind === 'file' && target.there === null)) return;
  const head = Buffer.alloc(start.length);
  const read = withFile(file, Number.POSITIVE_INFINITY, (opened) => readSync(opened, head));
  if (typeof read === 'string' || head.toString() !== start)
    throw new NfoldError(`${file} is there already and is not a checkpoint of nfold: give --save another name.`);
}

function hash(fields: unknown, parts: readonly Uint8Array[]): string {
  const sha256 = createHash('sha256').update(`${JSON.stringify(fields)}\n`);
  for (const part of parts) sha256.update(part);
  return sha256.digest('hex');
}

/**
 * The checkpoints of one run. While their place cannot be written to, one file in another folder has the newest. The run goes on in any
 * case: each change is reported once, and every save tries the place again.
 */
export class Checkpoints {
  readonly #asked: string | undefined;
  readonly #say: (line: string) => void;
  readonly #startedAt = new Date().toISOString().slice(0, 19).replace(/\D/g, '');
  #instead: string | null = null;
  /** The newest checkpoint that was written, and its step. */
  last: { readonly file: string; readonly step: number } | null = null;
  /** Whether the last save could not be written to its place. */
  displaced = false;

  /** `asked`: the file that the user named; without one, each checkpoint gets a file in .nfold. */
  constructor(asked: string | undefined, say: (line: string) => void) {
    this.#asked = asked;
    this.#say = say;
  }

  save(step: number, write: (file: string) => void): void {
    const name = `${this.#startedAt}-step${step}-${process.pid}.ckpt`;
    const file = this.#asked ?? shown(join(workspace().state, 'checkpoints', name));
    try {
      if (this.#asked === undefined) makeFolder(file);
      write(file);
    } catch (error) {
      if (!(error instanceof Unwritten)) throw error;
      this.#saveElsewhere(error, step, write);
      return;
    }
    this.last = { file, step };
    if (this.displaced) this.#say(`${file} could be written again, at step ${step}.`);
    if (this.#instead) remove(this.#instead);
    this.displaced = false;
    this.#instead = null;
  }

  #saveElsewhere({ clause }: Unwritten, step: number, write: (file: string) => void): void {
    const before = this.#instead;
    const wrote = (file: string) => {
      write(file);
      return file;
    };
    this.#instead =
      attempt(() => before && wrote(before), null) ??
      elsewhere('checkpoints', (folder) => wrote(join(folder, `${this.#startedAt}-${process.pid}.ckpt`)));
    if (this.#instead) this.last = { file: this.#instead, step };
    const isReported = this.displaced && before === this.#instead;
    this.displaced = true;
    if (isReported) return;
    const where = this.#instead ? `the checkpoint is in ${this.#instead} instead` : 'no other folder takes it either';
    this.#say(`nfold: ${clause}; ${where}.`);
  }
}
