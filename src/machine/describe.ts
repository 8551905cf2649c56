/** Describes the machine and the runtime that a record was made on. An unknown fact is null. */
import { counted } from '../contract/words.ts';

export interface Machine {
  readonly cpu: string;
  /** Cores that this process may use (cpus.ts). */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly arch: string;
  readonly virtual: boolean | null;
  /** Load average of the last minute, at the start. */
  readonly load: number | null;
  /** What makes speedups comparable (class.ts); null if the facts do not tell. */
  readonly class: string | null;
}

export interface Runtime {
  readonly nfold: string;
  readonly node: string;
  readonly v8: string;
}

export function describeMachine(m: Machine): string {
  const memory = `${Math.round(m.memoryBytes / 2 ** 30)} GiB`;
  return `${m.cpu}, ${counted(m.cores, 'core')}, ${memory}, ${m.os} ${m.arch}${m.virtual ? ', virtual machine' : ''}`;
}

export const describe = (m: Machine, r: Runtime): string => `${describeMachine(m)}; Node ${r.node}, V8 ${r.v8}`;
