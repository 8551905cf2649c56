/**
 * The class of a machine: a short name for what makes speedups comparable, such as `amd-zen3-avx2-2c-vm`, `intel-icelake-avx512-8c` or
 * `apple-m2-8c`. A machine keeps its class from run to run; machines may share one.
 *
 *   x86 that lists its flags   vendor, micro-architecture (else family and model), widest SIMD
 *   any other                  the words of the model's name, and the architecture if that is not arm64
 *   then                       `8c` for 5 to 8 usable cores, up to a power of two; `vm` if it is known to be virtual
 *
 * Source   Linux: arch/x86/kernel/cpu/amd.c for the generations of Zen; arch/x86/include/asm/intel-family.h.
 */
import type { Machine } from './describe.ts';

/** An x86 processor as Linux lists it in /proc/cpuinfo. */
export interface Processor {
  readonly vendor: string;
  readonly family: number;
  readonly model: number;
  readonly flags: readonly string[];
}

type Facts = Pick<Machine, 'cpu' | 'cores' | 'os' | 'arch' | 'virtual'>;

/** Null if the facts do not tell: `processor` is null where nothing lists it, and in a record that was made before there were classes. */
export function machineClass(facts: Facts, processor: Processor | null): string | null {
  const name = processor ? wordsOf(processor) : wordsOfName(facts);
  if (name.length === 0) return null;
  const cores = 2 ** Math.ceil(Math.log2(Math.max(1, facts.cores)));
  return [...name, `${cores}c`, ...(facts.virtual ? ['vm'] : [])].join('-');
}

/** The first processor of /proc/cpuinfo; null if that has none of x86. */
export function processorOf(cpuinfo: string): Processor | null {
  const field = (name: string) => new RegExp(`^${name}\\s*:(.*)$`, 'm').exec(cpuinfo)?.[1].trim() ?? '';
  const flags = field('flags');
  if (flags === '') return null;
  const [family, model] = [field('cpu family'), field('model')].map(Number);
  return { vendor: field('vendor_id'), family, model, flags: flags.split(/\s+/) };
}

const vendors: { readonly [id: string]: string } = { AuthenticAMD: 'amd', GenuineIntel: 'intel' };

function wordsOf({ vendor, family, model, flags }: Processor): string[] {
  const known = cores.find((one) => {
    return (
      one.vendor === vendor &&
      one.family === family &&
      one.models.some(([from, to = from]) => from <= model && model <= to)
    );
  });
  const simd = ['avx512f', 'avx2', 'avx'].find((flag) => flags.includes(flag))?.replace(/f$/, '') ?? 'sse';
  return [...(vendors[vendor] ? [vendors[vendor]] : slug(vendor)), known?.name ?? `family${family}model${model}`, simd];
}

/** On Linux, x86 without its flags tells too little. */
function wordsOfName({ cpu, os, arch }: Facts): string[] {
  const words = slug(cpu.replace(/\((?:r|tm|c)\)|@.*$|\b(?:cpu|processor)\b/gi, ' '));
  const isX86 = arch === 'x64' || arch === 'ia32';
  if (words.length === 0 || words[0] === 'unknown' || (isX86 && os.startsWith('linux'))) return [];
  return arch === 'arm64' ? words : [...words, arch];
}

/** A model's name has far fewer words. */
const slug = (text: string): string[] => (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).slice(0, 12);

/** Micro-architectures of which `models` are ranges of model numbers. The cores of Kaby, Coffee and Comet Lake are those of Skylake. */
const cores: readonly {
  readonly vendor: string;
  readonly family: number;
  readonly name: string;
  readonly models: readonly (readonly [from: number, to?: number])[];
}[] = [
  amd('zen1', 0x17, [0x00, 0x2f], [0x50, 0x5f]),
  amd('zen2', 0x17, [0x30, 0x4f], [0x60, 0x7f], [0x90, 0x91], [0xa0, 0xaf]),
  amd('zen3', 0x19, [0x00, 0x0f], [0x20, 0x5f]),
  amd('zen4', 0x19, [0x10, 0x1f], [0x60, 0xaf]),
  amd('zen5', 0x1a, [0x00, 0x2f], [0x40, 0x4f], [0x60, 0x7f]),
  intel('haswell', 0x3c, 0x3f, 0x45, 0x46),
  intel('broadwell', 0x3d, 0x47, 0x4f, 0x56),
  intel('skylake', 0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6),
  intel('skylakex', 0x55),
  intel('icelake', 0x6a, 0x6c, 0x7d, 0x7e),
  intel('tigerlake', 0x8c, 0x8d),
  intel('rocketlake', 0xa7),
  intel('alderlake', 0x97, 0x9a),
  intel('raptorlake', 0xb7, 0xba, 0xbf),
  intel('meteorlake', 0xaa, 0xac),
  intel('arrowlake', 0xb5, 0xc5, 0xc6),
  intel('lunarlake', 0xbd),
  intel('sapphirerapids', 0x8f),
  intel('emeraldrapids', 0xcf),
  intel('graniterapids', 0xad, 0xae),
];

function amd(name: string, family: number, ...models: readonly (readonly [number, number])[]) {
  return { vendor: 'AuthenticAMD', family, name, models };
}

function intel(name: string, ...models: readonly number[]) {
  return { vendor: 'GenuineIntel', family: 6, name, models: models.map((model) => [model] as const) };
}
