/**
 * One process a host times at a time: it holds a name that the kernel takes away with the process, also after kill -9. On Linux this is an
 * abstract Unix socket, seen in the whole network namespace; elsewhere a port of 127.0.0.1.
 */
import { createHash } from 'node:crypto';
import { createServer, type ListenOptions } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const everyMs = 250;

/** Waits until the host is free, and tells so once; returns what lets it go. Null if it was asked to stop before. */
export async function hostLock(
  name: string,
  signal: AbortSignal,
  waiting: (sentence: string) => void,
): Promise<(() => Promise<void>) | null> {
  for (let told = false; !signal.aborted; told = true) {
    const release = await tryLock(name);
    if (release) return release;
    if (!told) waiting('Another process of this machine is timing: this one waits until it has ended.');
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
  return null;
}

function tryLock(name: string): Promise<(() => Promise<void>) | null> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(place(name), () => {
      server.unref();
      resolve(() => new Promise((closed) => server.close(() => closed())));
    });
  });
}

function place(name: string): ListenOptions {
  if (process.platform === 'linux') return { path: `\0${name}` };
  return { host: '127.0.0.1', port: 20_000 + (createHash('sha256').update(name).digest().readUInt16BE() % 10_000) };
}
