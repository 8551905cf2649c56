/** The machine and the runtime of this process. What is unknown is null, never a guess. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { attempt } from '../contract/attempt.ts';
import { usableCores } from './cpus.ts';
import type { Machine, Runtime } from './describe.ts';

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: usableCores(),
    memoryBytes: totalmem(),
    // The builder's suffix is cut off: it does not affect speed.
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

/** Linux on x86 shows it by a CPU flag; elsewhere it is unknown. */
function virtual(): boolean | null {
  const [flags] = /^flags\s*:.*$/m.exec(attempt(() => readFileSync('/proc/cpuinfo', 'utf8'), '')) ?? [];
  return flags === undefined ? null : /\bhypervisor\b/.test(flags);
}
