/** nfold doctor: what this machine and this installation have, and what is missing, in words. */

import { createRequire } from 'node:module';
import { suites } from '../../bench/suites.ts';
import { loadOp } from '../catalog/ops.ts';
import { loadPeer, type PeerVariant } from '../catalog/peers.ts';
import { isolation } from '../cell/lockdown.ts';
import { Timer } from '../cell/timer.ts';
import { allowedFlags } from '../contract/candidate.ts';
import { exit, messageOf } from '../contract/errors.ts';
import type { AnyOp } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import { workspace } from '../files/places.ts';
import { compose } from '../judge/image.ts';
import { tookEffect } from '../machine/ceilings.ts';
import { type Cpus, cpusHere } from '../machine/cpus.ts';
import { describe } from '../machine/describe.ts';
import { acceptsFlag, hasRelaxedSimd, hasSharedMemory, machine, runtime } from '../machine/fingerprint.ts';
import { quickProbe } from '../machine/peak.ts';
import { type WorkingThreads, workingThreads } from '../machine/threads.ts';
import type { Result } from '../report/output.ts';
import { revectorizerLine } from '../report/peak.ts';
import { pc } from '../report/screen.ts';

export async function doctor(): Promise<Result> {
  const here = machine();
  const features = {
    'shared WebAssembly memory': hasSharedMemory(),
    'relaxed SIMD': hasRelaxedSimd(),
    ...Object.fromEntries(allowedFlags.map((flag) => [`V8 flag ${flag}`, acceptsFlag(flag)])),
  };
  const peers = [];
  for (const suite of suites) {
    const op = await loadOp(suite.ops[0]);
    for (const name of [...suite.peers, ...suite.slowPeers])
      peers.push({ peer: name, op: op.name, ...(await probe(await loadPeer(name, op.name), op)) });
  }
  const { revectorized, medianExcess: unrest } = await quickProbe();
  const cpus = cpusHere();
  const working = await workingThreads(Math.max(maxTried, here.cores));
  const warnings = [
    ...missing(features),
    ...unless(
      here.load === null || here.load <= 0.5 * here.cores,
      `the machine is busy (load ${here.load?.toFixed(1)}). ${close}`,
    ),
    ...unless(here.cores >= 2, 'one core: the harness itself will disturb what it times.'),
    ...threadAdvice(working, here.cores),
    ...unless(
      revectorized === null || revectorized >= tookEffect,
      'V8 takes the revectorizer flag, but code is no faster with it: candidates that need it run at half of their speed or less.',
    ),
    ...unless(
      unrest <= maxUnrest,
      `the machine is noisy: the median of identical calls is ${(100 * unrest).toFixed(0)} % slower than the fastest. ${close}`,
    ),
  ];
  const { state } = workspace();
  const data = {
    machine: here,
    runtime: runtime(),
    packages: packages(),
    features,
    /** Rates of the same arithmetic at 256 and at 128 bits; and how much slower than the best the median call of it was. */
    measured: { revectorized, unrest },
    /** The threads of a candidate unless --threads says otherwise, the reason, and the threads that a cell could start. */
    threads: here.cores,
    cpus,
    threadsThatWork: working.threads,
    isolation: isolation(),
    peers,
    state,
    warnings,
  };
  const mark = (good: boolean) => (good ? pc.green('yes') : pc.red('no '));
  return {
    code: exit.fine,
    data,
    text: [
      describe(here, data.runtime),
      '',
      ...Object.entries(features).map(([what, good]) => `  ${mark(good)}  ${what}`),
      `  ${mark(revectorized !== null && revectorized >= tookEffect)}  ${revectorizerLine(revectorized)}`,
      `  ${here.cores.toString().padEnd(3)}  threads for candidates that can use them, ${reasonOf(cpus)}`,
      `  ${working.threads.toString().padEnd(3)}  threads were tried and work`,
      `       isolation of candidates: ${data.isolation}`,
      '',
      'Peers',
      ...peers.map(
        ({ peer, op, reason }) => `  ${mark(reason === null)}  ${peer}, ${op}${reason === null ? '' : `: ${reason}`}`,
      ),
      '',
      `Packages  ${Object.entries(data.packages)
        .map((pair) => pair.join(' '))
        .join(', ')}`,
      `Records and cache  ${state}`,
      ...(warnings.length > 0 ? ['', ...warnings.map((line) => pc.yellow(`! ${line}`))] : []),
    ].join('\n'),
  };
}

/** More than a run is likely to ask for. */
const maxTried = 64;

function reasonOf({ cpus, cores, quota }: Cpus): string {
  const siblings = cores < cpus ? `${cpus} CPUs, two or more to a core` : counted(cpus, 'CPU');
  const paid = quota !== null && quota < cores ? `, and a quota of the CPU time of ${Number(quota.toFixed(2))}` : '';
  return `one for each core (${siblings}${paid})`;
}

function threadAdvice({ threads, reason }: WorkingThreads, cores: number): string[] {
  if (reason === null) return [];
  const enough =
    threads >= cores
      ? 'more than a run asks for by itself'
      : `fewer than the ${cores} of a run: give --threads ${threads}`;
  return [`${counted(threads, 'thread')} can be started here, ${enough} (${reason}).`];
}

/** As pinned: what `npm ci` installs is what is named here. */
function packages(): Record<string, string> {
  const { dependencies } = createRequire(import.meta.url)('../../package.json') as {
    dependencies: Record<string, string>;
  };
  const shown = ['tinybench', 'assemblyscript', 'wabt', 'esbuild'];
  return Object.fromEntries(shown.map((name) => [name, dependencies[name]]));
}

/** Why the library cannot do a case of the op; null if it can. */
async function probe(variant: PeerVariant, op: AnyOp): Promise<{ reason: string | null }> {
  const timer = new Timer(variant, 1);
  try {
    const [c] = op.cases;
    await timer.open(compose({ op, case: c, distribution: op.distributions[0], text: new Uint8Array(4096) }, 1));
    return { reason: null };
  } catch (error) {
    return { reason: messageOf(error) };
  } finally {
    timer.close();
  }
}

/** Above this share, the same work takes too different times to compare others by few samples. */
const maxUnrest = 0.05;
const close = 'Close other programs before you measure.';
const unless = (good: boolean, advice: string) => (good ? [] : [advice]);

function missing(features: Readonly<Record<string, boolean>>): string[] {
  const absent = Object.keys(features).filter((what) => !features[what]);
  const verdict = (what: string) => (what.startsWith('V8 flag') ? 'are reported as `unsupported`' : 'end in an error');
  return absent.map((what) => `${what} is missing: candidates that need it ${verdict(what)}. Node 24 or later has it.`);
}
