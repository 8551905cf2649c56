/** The queue of one folder: a Postgres in this process (PGlite), which the process that holds the lock works on alone. */
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { brief, exit, messageOf, NfoldError } from '../contract/errors.ts';
import { shown } from '../files/places.ts';
import { codeOf, makeFolder, remove, Unwritten, writeWhole } from '../files/write.ts';
import { type Base, bossOptions } from './base.ts';

export interface EmbeddedOptions {
  /** Waits for a process that holds the folder, after a sentence; without it, this is an error. */
  readonly wait?: { readonly signal: AbortSignal; tell(sentence: string): void };
}

const waitMs = 200;
const endMs = 5000;

/** Null stands for a queue in memory. Throws NfoldError. */
export async function openEmbedded(folder: string | null, { wait }: EmbeddedOptions): Promise<Base> {
  const faultOf = (error: unknown) => embeddedFault(folder, error);
  const ends: (() => unknown)[] = [];
  /** The last that was opened first. What a full disk has broken may never answer. */
  const close = async () => {
    for (const end of ends.splice(0).reverse()) {
      const ended = new AbortController();
      await Promise.race([attempted(end), pause(endMs, undefined, ended)]);
      ended.abort();
    }
  };
  try {
    if (folder !== null) ends.push(await locked(folder, wait));
    const [{ PGlite }, { PgBoss, fromPglite }] = await Promise.all([import('@electric-sql/pglite'), import('pg-boss')]);
    const startParams = [...PGlite.defaultStartParams, '-c', 'log_startup_progress_interval=0'];
    const pg = await PGlite.create(folder === null ? undefined : prepared(folder), { startParams });
    ends.push(() => pg.close());
    const boss = new PgBoss({ ...bossOptions, db: fromPglite(pg), backend: 'pglite' });
    boss.on('error', () => {});
    ends.push(() => boss.stop({ graceful: false }));
    await boss.start();
    return {
      ...{ boss, sole: true, faultOf, close },
      rows: async <R>(text: string, values?: readonly unknown[]) => (await pg.query<R>(text, values?.slice())).rows,
      transaction: (work) =>
        pg.transaction((tx) => work({ executeSql: (text: string, values?: unknown[]) => tx.query(text, values) })),
    };
  } catch (error) {
    await close();
    throw faultOf(error);
  }
}

async function attempted(end: () => unknown): Promise<void> {
  try {
    await end();
  } catch {
    // It ends all the same.
  }
}

/** Says that the database in the folder was made to its end. */
export const markReady = (folder: string): void => writeWhole(join(folder, 'ready'), '');

/** The folder of the database. What a process left that was killed before it had made it whole is removed: no job was ever in it. */
function prepared(folder: string): string {
  const data = join(folder, 'postgres');
  if (!fs.existsSync(join(folder, 'ready'))) fs.rmSync(data, { recursive: true, force: true });
  // PGlite would make a new one in its place.
  else if (!fs.existsSync(join(data, 'PG_VERSION'))) throw new Error('its Postgres has lost files');
  // PGlite would take this for damage.
  else fs.accessSync(data, fs.constants.W_OK);
  return data;
}

/** SQLite locks its file by the kernel, on every system, and the kernel lets it go with the process. */
async function locked(folder: string, wait: EmbeddedOptions['wait']): Promise<() => void> {
  const [file, holder] = [join(folder, 'lock'), join(folder, 'holder')];
  makeFolder(file);
  const { DatabaseSync } = await import('node:sqlite');
  for (let told = false; ; told = true) {
    const lock = tryLock();
    if (lock) {
      writeWhole(holder, `${process.pid}`);
      return () => {
        remove(holder);
        lock.close();
      };
    }
    const pid = fs.readFileSync(holder, { encoding: 'utf8', flag: 'a+' }).trim();
    const sentence = `Another process ${pid === '' ? '' : `(${pid}) `}works on the queue in ${shown(folder)}`;
    if (!wait) throw new NfoldError(`${sentence}.`, exit.failed, { hint: 'Wait until it has ended, or end it.' });
    if (!told) wait.tell(`${sentence}: this one waits until it has ended.`);
    await pause(waitMs, undefined, { signal: wait.signal }).catch(() => {});
    if (wait.signal.aborted) throw new NfoldError('Stopped while another process worked on the queue.', 'interrupted');
  }

  function tryLock() {
    try {
      const lock = new DatabaseSync(file, { timeout: 0 });
      try {
        lock.exec('pragma locking_mode = exclusive; begin exclusive');
        return lock;
      } catch (error) {
        lock.close();
        throw error;
      }
    } catch (error) {
      if ((error as { errcode?: number }).errcode === 5) return null;
      throw embeddedFault(folder, error);
    }
  }
}

/** The sentence for an error of PGlite, SQLite or the file system. */
function embeddedFault(folder: string | null, error: unknown): NfoldError {
  if (error instanceof NfoldError) return error;
  const said = brief(messageOf(error)).replace(/\.?( Build with -sASSERTIONS.*)?\.*$/, '');
  const where = folder === null ? 'memory' : shown(folder);
  const code = codeOf(error);
  if (folder !== null && (code === '53100' || /ENOSPC|no space left|disk is full/i.test(said) || isFull(folder)))
    return new NfoldError(`The queue in ${where} cannot be written to: the disk is full (ENOSPC).`, exit.failed, {
      hint: 'Make room and start it again: it goes on where it stopped.',
    });
  if (/readonly|read-only|EROFS|EACCES|EPERM|permission denied|unable to open/i.test(`${code} ${said}`))
    return new NfoldError(
      `The queue in ${where} cannot be written to: it or its folder may not be written to.`,
      exit.failed,
    );
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(XX|58)/.test(code)) {
    return new NfoldError(`The queue in ${where} refuses a statement: ${said} (${code}).`, 'unexpected');
  }
  return new NfoldError(`The queue in ${where} is damaged: ${said}.`, 'bad-file', {
    file: where,
    hint: 'Move that folder away: what has a score stays in .nfold/scores, and the next run scores the rest.',
  });
}

/** PGlite ends in all sorts of errors where the disk is full, since it writes 16 MiB at a time. */
function isFull(folder: string): boolean {
  try {
    writeWhole(join(folder, 'room'), Buffer.alloc(2 ** 25));
    return false;
  } catch (error) {
    return error instanceof Unwritten && /ENOSPC|EDQUOT/.test(error.message);
  } finally {
    remove(join(folder, 'room'));
  }
}
