/**
 * The class of a host, which scores compare within: `amd-zen3-avx2-2c-vm-node26-3f9c21ab`. It starts as the machine's class (class.ts) and ends
 * in a hash over all that it stands for: CPU model, usable cores, caches, ISA flags, hypervisor, Node and V8. No measured speed is in it, so
 * a host that is slow today keeps its class.
 */
import { readFileSync } from 'node:fs';
import { attempt } from '../contract/attempt.ts';
import { sha256 } from '../contract/sha256.ts';
import { type Cache, caches } from './caches.ts';
import { processorOf } from './class.ts';
import type { Machine, Runtime } from './describe.ts';
import { machine, runtime } from './fingerprint.ts';

export interface HostFacts
  extends Pick<Machine, 'cpu' | 'cores' | 'arch' | 'virtual' | 'class'>,
    Pick<Runtime, 'node' | 'v8'> {
  readonly caches: readonly Cache[];
  readonly flags: readonly string[];
}

export function hostClass(): string {
  const processor = processorOf(attempt(() => readFileSync('/proc/cpuinfo', 'utf8'), ''));
  return hostClassOf({ ...machine(), ...runtime(), caches: caches(), flags: processor?.flags ?? [] });
}

export function hostClassOf({ cpu, cores, arch, virtual, class: start, node, v8, caches, flags }: HostFacts): string {
  const facts = [
    cpu,
    cores,
    arch,
    virtual,
    node,
    v8,
    caches.map(({ level, bytes }) => [level, bytes]),
    [...flags].sort(),
  ];
  const hash = sha256(JSON.stringify(facts)).slice(0, 8);
  return `${start ?? `${arch}-${cores}c`}-node${node.split('.')[0]}-${hash}`;
}
