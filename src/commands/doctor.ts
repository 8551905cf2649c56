/** nfold doctor: what this machine and this installation have, and what is missing, in words. */
import { suites } from '../../bench/suites.ts';
import { loadOp } from '../catalog/ops.ts';
import { loadPeer } from '../catalog/peers.ts';
import { isolation } from '../cell/lockdown.ts';
import { Timer } from '../cell/timer.ts';
import { whatToInstall } from '../compiler/c.ts';
import { cCompiler } from '../compiler/clang.ts';
import { allowedFlags } from '../contract/candidate.ts';
import { exit, messageOf } from '../contract/errors.ts';
import { counted } from '../contract/words.ts';
import { manifest, workspace } from '../files/places.ts';
import { compose } from '../judge/compose.ts';
import { tookEffect } from '../machine/ceilings.ts';
import { type Cpus, cpusHere } from '../machine/cpus.ts';
import { describe } from '../machine/describe.ts';
import { engineFaults, engineLine, tryEngine } from '../machine/engine.ts';
import { acceptsFlag, hasRelaxedSimd, hasSharedMemory, machine, runtime } from '../machine/fingerprint.ts';
import { quickProbe } from '../machine/peak.ts';
import { type WorkingThreads, workingThreads } from '../machine/threads.ts';
import type { Result } from '../report/output.ts';
import { revectorizerLine } from '../report/peak.ts';
import { pc } from '../report/screen.ts';
import type { Doctor } from '../schemas/doctor.ts';

export async function doctor(): Promise<Result<Doctor>> {
  const here = machine();
  const features = {
    'shared WebAssembly memory': hasSharedMemory(),
    'relaxed SIMD': hasRelaxedSimd(),
    ...Object.fromEntries(allowedFlags.map((flag) => [`V8 flag ${flag}`, acceptsFlag(flag)])),
  };
  const named = suites.flatMap(({ ops, peers, slowPeers }) =>
    [...peers, ...slowPeers].map((peer) => ({ peer, op: ops[0] })),
  );
  const compiler = (await cCompiler())?.name ?? null;
  const peers = await Promise.all(named.map(async (one) => ({ ...one, reason: await whyNot(one) })));
  const { revectorized, medianExcess: unrest } = await quickProbe();
  const isFaster = revectorized !== null && revectorized >= tookEffect;
  const cpus = cpusHere();
  const engine = await tryEngine();
  const working = await workingThreads(Math.max(maxTried, here.cores));
  const isBusy = here.load !== null && here.load > 0.5 * here.cores;
  const noise = `the median of identical calls is ${(100 * unrest).toFixed(0)} % slower than the fastest`;
  const slow = 'code is no faster with it: candidates that need it run at half of their speed or less';
  // Pinned, so these are the versions that npm installs.
  const { dependencies, optionalDependencies } = manifest();
  const warnings = [
    ...missing(features),
    otherNode(Object.values(optionalDependencies)),
    isBusy && `the machine is busy (load ${here.load?.toFixed(1)}). ${close}`,
    here.cores < 2 && 'one core: the harness itself will disturb what it times.',
    working.reason !== null && threadAdvice(working, here.cores),
    revectorized !== null && !isFaster && `V8 takes the revectorizer flag, but ${slow}.`,
    ...engineFaults(engine),
    unrest > maxUnrest && `the machine is noisy: ${noise}. ${close}`,
  ].filter((warning) => warning !== false);
  const packages = ['tinybench', 'assemblyscript', 'wabt', 'esbuild'].map((name) => [name, dependencies[name]]);
  const { state } = workspace();
  const data = {
    machine: here,
    runtime: runtime(),
    packages: Object.fromEntries(packages),
    features,
    /** Rate of 256-bit arithmetic over that of 128 bits; excess of the median call over the fastest. */
    measured: { revectorized, unrest },
    threads: here.cores,
    cpus,
    threadsThatWork: working.threads,
    isolation: isolation(),
    engine,
    cCompiler: compiler,
    peers,
    state,
    warnings,
  };
  const line = (mark: boolean | number, what: string) =>
    `  ${typeof mark === 'number' ? `${mark}`.padEnd(3) : mark ? pc.green('yes') : pc.red('no ')}  ${what}`;
  const text = [
    describe(here, data.runtime),
    `class of machine: ${here.class ?? 'unknown'}`,
    '',
    ...Object.entries(features).map(([what, good]) => line(good, what)),
    line(isFaster, revectorizerLine(revectorized)),
    line(here.cores, `threads for candidates that can use them, ${reasonOf(cpus)}`),
    line(working.threads, 'threads were tried and work'),
    line(compiler !== null, `C candidates: ${compiler ?? whatToInstall}`),
    line(engine.faults.length === 0, engineLine(engine)),
    `       isolation of candidates: ${data.isolation}`,
    '',
    'Peers',
    ...peers.map(({ peer, op, reason }) => line(reason === null, [`${peer}, ${op}`, reason ?? []].flat().join(': '))),
    '',
    `Packages  ${packages.map((pair) => pair.join(' ')).join(', ')}`,
    `Records and cache  ${state}`,
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => pc.yellow(`! ${warning}`))] : []),
  ];
  return { code: exit.fine, data, text: text.join('\n') };
}

/** A run is unlikely to ask for more. */
const maxTried = 64;

function reasonOf({ cpus, cores, quota }: Cpus): string {
  const siblings = cores < cpus ? `${cpus} CPUs, two or more to a core` : counted(cpus, 'CPU');
  const paid = quota !== null && quota < cores ? `, and a quota of the CPU time of ${Number(quota.toFixed(2))}` : '';
  return `one for each core (${siblings}${paid})`;
}

function threadAdvice({ threads, reason }: WorkingThreads, cores: number): string {
  const few = `fewer than the ${cores} of a run: give --threads ${threads}`;
  const enough = threads >= cores ? 'more than a run asks for by itself' : few;
  return `${counted(threads, 'thread')} can be started here, ${enough} (${reason}).`;
}

/** Results depend on V8: those of another Node than the one that comes with nfold are not comparable. */
function otherNode([pinned]: readonly string[]): string | false {
  const { node } = process.versions;
  return (
    node !== pinned &&
    `this is Node ${node} and not the ${pinned} that comes with nfold, so results differ. Take NFOLD_NODE=system away, or install nfold again.`
  );
}

/** Why a peer cannot be timed with an op, or null. */
async function whyNot(one: { readonly peer: string; readonly op: string }): Promise<string | null> {
  const op = await loadOp(one.op);
  const timer = new Timer(await loadPeer(one.peer, op.name), 1);
  try {
    const [c] = op.cases;
    await timer.open(compose({ op, case: c, distribution: op.distributions[0], text: new Uint8Array(4096) }, 1));
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    timer.close();
  }
}

/** If the times of the same work differ by more than this share, few samples do not tell candidates apart. */
const maxUnrest = 0.05;
const close = 'Close other programs before you measure.';

function missing(features: Readonly<Record<string, boolean>>): string[] {
  const absent = Object.keys(features).filter((what) => !features[what]);
  const verdict = (what: string) => (what.startsWith('V8 flag') ? 'are reported as `unsupported`' : 'end in an error');
  return absent.map((what) => `${what} is missing: candidates that need it ${verdict(what)}. Node 24 or later has it.`);
}
