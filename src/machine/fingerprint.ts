/** What this run was made on; what isn't known is null, never a guess. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { usableCores } from './cpus.ts';
import type { Machine, Runtime } from './describe.ts';

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
