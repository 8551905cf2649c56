/** What this run was made on; what isn't known is null, never a guess. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { counted } from '../contract/words.ts';
import { usableCores } from './cpus.ts';

export interface Machine {
  readonly cpu: string;
  /** That this process may use: cpus.ts. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly arch: string;
  readonly virtual: boolean | null;
  /** Load average of the last minute, at the start. */
  readonly load: number | null;
}

export interface Runtime {
  readonly nfold: string;
  readonly node: string;
  readonly v8: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: usableCores(),
    memoryBytes: totalmem(),
    // Without the builder's suffix, which says nothing of speed.
    os: `${platform()} ${release().split('-')[0]}`,
    arch: arch(),
    virtual: virtual(),
    load: platform() === 'win32' ? null : loadavg()[0],
  };
}

export function runtime(): Runtime {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return { nfold: version, node: process.versions.node, v8: process.versions.v8 };
}

/** Linux on x86 tells by a CPU flag; elsewhere it is not known. */
function virtual(): boolean | null {
  try {
    const info = readFileSync('/proc/cpuinfo', 'utf8');
    return /^flags\s*:/m.test(info) ? /^flags\s*:.*\bhypervisor\b/m.test(info) : null;
  } catch {
    return null;
  }
}

/** In words, on one line. */
export function describe(m: Machine, r: Runtime): string {
  const memory = `${Math.round(m.memoryBytes / 2 ** 30)} GiB`;
  const kind = m.virtual ? ', virtual machine' : '';
  return `${m.cpu}, ${counted(m.cores, 'core')}, ${memory}, ${m.os} ${m.arch}${kind}; Node ${r.node}, V8 ${r.v8}`;
}
