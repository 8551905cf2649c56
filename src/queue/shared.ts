/** A queue in a Postgres that several machines share. No sentence here holds a password. */
import { messageOf, NfoldError } from '../contract/errors.ts';
import { type Base, bossOptions } from './base.ts';

/** A fault that may pass: the server is away, or starts. */
export class Passing extends NfoldError {}

/** Statements here take milliseconds; without an answer for so long, the connection is lost. */
const answerMs = 30_000;

/** `owner`: makes the tables that are not there, for which a worker has no rights. `pool`: other options of node-postgres. Throws NfoldError. */
export async function openShared(url: string, owner: boolean, pool: object = {}): Promise<Base> {
  const address = addressOf(url);
  const { PgBoss } = await import('pg-boss');
  const connection = {
    ...{ connectionString: url, application_name: 'nfold', max: 2, connectionTimeoutMillis: 10_000 },
    ...{ query_timeout: answerMs, keepAlive: true, ...pool },
  };
  const faultOf = (error: unknown) => sharedFault(error, address);
  /** `makes`: the tables of pg-boss too. */
  const started = async (makes: boolean) => {
    const boss = new PgBoss({ ...bossOptions, ...connection, migrate: makes, createSchema: makes });
    // An idle connection that breaks says so here; the next statement makes a new one.
    boss.on('error', () => {});
    try {
      await boss.start();
      return boss;
    } catch (error) {
      await boss.stop({ graceful: false }).catch(() => {});
      throw error;
    }
  };
  const boss = await started(false)
    .catch((error) => (owner && /not installed/.test(messageOf(error)) ? started(true) : Promise.reject(error)))
    .catch((error) => Promise.reject(faultOf(error)));
  const db = boss.getDb();
  return {
    ...{ boss, sole: false, faultOf },
    rows: async (text, values) => (await db.executeSql(text, values?.slice())).rows,
    async transaction(work) {
      const open = await db.beginTransaction!();
      try {
        const value = await work(open.db);
        await open.commit();
        return value;
      } catch (error) {
        await open.rollback();
        throw error;
      }
    },
    close: () => boss.stop({ graceful: false }),
  };
}

interface Address {
  readonly host: string;
  readonly database: string;
  readonly user: string;
  /** The words that must not be shown. */
  readonly secrets: readonly string[];
}

function addressOf(given: string): Address {
  if (!URL.canParse(given) || !/^postgres(ql)?:\/\//i.test(given))
    throw new NfoldError('The queue is no address such as postgres://user@host:5432/database.', 'usage', {
      hint: 'Write special characters of a password as %XX, or leave it to ~/.pgpass.',
    });
  const { hostname, port, pathname, username, password, searchParams } = new URL(given);
  const secrets = [
    given,
    password,
    safely(password),
    searchParams.get('password') ?? '',
    searchParams.get('sslpassword') ?? '',
  ];
  const user = safely(username) || process.env.PGUSER || 'of this system user';
  const host = searchParams.get('host') ?? `${hostname || 'localhost'}:${port || process.env.PGPORT || 5432}`;
  return { host, user, database: safely(pathname.slice(1)) || user, secrets: secrets.filter((word) => word !== '') };
}

function safely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const passing: readonly (readonly [RegExp, (address: Address) => string])[] = [
  [/^(ECONNREFUSED|ENOENT)$/, ({ host }) => `No Postgres answers at ${host}.`],
  [/^(ENOTFOUND|EAI_AGAIN)$/, ({ host }) => `The host of ${host} is not known here.`],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$|timeout/i, ({ host }) => `Postgres at ${host} does not answer in time.`],
  [/^53300$|too many clients/, ({ host }) => `Postgres at ${host} has no connection left.`],
  [/^53100$/, ({ host }) => `The disk of the Postgres at ${host} is full.`],
  [
    /^(57P0[123]|08\w{3}|ECONNRESET|EPIPE)$|^Connection (terminated|ended)|not queryable|already settled/,
    ({ host }) => `The connection to Postgres at ${host} was lost.`,
  ],
];

const lasting: readonly (readonly [RegExp, (address: Address) => string, string])[] = [
  [
    /^28(P01|000)$/,
    ({ host, user }) => `Postgres at ${host} does not let the role '${user}' in.`,
    'Check its name and password; ~/.pgpass may hold the password.',
  ],
  [
    /password must be a string/,
    ({ host, user }) => `Postgres at ${host} asks for a password of the role '${user}'.`,
    'Put it into ~/.pgpass or PGPASSWORD.',
  ],
  [/^3D000$/, ({ host, database }) => `Postgres at ${host} has no database '${database}'.`, 'Make it with createdb.'],
  [
    /not installed|^(3F000|42P01)$/,
    ({ host, database }) => `The database '${database}' at ${host} holds no queue yet.`,
    "'nfold task score' with --queue makes it, by a role that may create a schema.",
  ],
  [
    /^42501$/,
    ({ host, database, user }) => `The role '${user}' has not the rights that it needs in '${database}' at ${host}.`,
    'docs/fleet.md lists them.',
  ],
  [
    /requires migrations/,
    ({ host, database }) => `The queue in '${database}' at ${host} has tables of another version.`,
    'Install the same nfold on all machines.',
  ],
  [
    /^25006$/,
    ({ host }) => `Postgres at ${host} takes no changes: it is a standby, or read-only.`,
    'Give the address of the primary.',
  ],
];

/** The sentence for an error of the driver, of pg-boss or of Postgres. */
function sharedFault(error: unknown, address: Address): NfoldError {
  if (error instanceof NfoldError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const words = [code ?? '', messageOf(error)];
  const fits = (pattern: RegExp) => words.some((word) => pattern.test(word));
  const passed = passing.find(([pattern]) => fits(pattern));
  if (passed) return new Passing(passed[1](address), 'failed', { hint: 'Check the address, and that Postgres runs.' });
  const lasts = lasting.find(([pattern]) => fits(pattern));
  if (lasts) return new NfoldError(lasts[1](address), 'failed', { hint: lasts[2] });
  const said = address.secrets.reduce((text, word) => text.replaceAll(word, '***'), messageOf(error));
  return new NfoldError(`Postgres at ${address.host} cannot be used: ${said}.`, 'failed');
}
