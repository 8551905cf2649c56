/** A bench that goes on until a test does something to it, and what is left of it then. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { entry } from './command.ts';
import { addSmallOp, prepare } from './prepared.ts';
import { descendants, type Seen, until, untilGone } from './processes.ts';

const bench = 'bench scale --no-peers --threads 1'.split(' ');

/** The words that start it in a Node. */
export const benchIn = (node: string): string[] => [node, entry, ...bench];

/** Without what the start of the tests has left. */
export const plainEnv = {
  ...process.env,
  ...{ NO_COLOR: '1', NODE_OPTIONS: '', npm_lifecycle_event: undefined, _: undefined },
};

export async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

export interface Measuring {
  readonly child: ChildProcess;
  /** All that it has started by the time of its second round. */
  readonly below: readonly Seen[];
  /** Every process that was started is gone, and there is one record more, of what was measured by then. */
  kept(): Promise<void>;
  said(text: string): Promise<unknown>;
}

/** One folder for all of a file's tests. */
export function measuringFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'nfold-signals-'));
  prepare(folder);
  addSmallOp(folder);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const records = () => {
    const below = join(folder, '.nfold/records');
    const names = existsSync(below) ? readdirSync(below).filter((name) => /^[^.].*\.json$/.test(name)) : [];
    return names.map((name): { interrupted: boolean } => JSON.parse(readFileSync(join(below, name), 'utf8')));
  };
  const measuring = async ([program, ...args]: readonly string[]): Promise<Measuring> => {
    const before = records().length;
    const child = spawn(program, args, { cwd: folder, env: plainEnv, stdio: ['pipe', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    let closed = false;
    child.on('close', () => {
      closed = true;
    });
    const said = (what: string) =>
      until(() => {
        if (closed && !text.includes(what)) throw new Error(`it never said '${what}', but: ${text}`);
        return text.includes(what);
      });
    await said('round 2');
    const below = descendants(child.pid as number);
    const kept = async () => {
      await untilGone(below);
      const now = records();
      expect(now).toHaveLength(before + 1);
      expect(now.every(({ interrupted }) => interrupted)).toBe(true);
    };
    return { child, below, said, kept };
  };
  return { folder, measuring };
}
