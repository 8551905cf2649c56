/**
 * Times a candidate beside the baseline on a few cases, in one process each: soon, but less sure than a bench, which starts fresh
 * processes in every round. The baseline's processes stay open and warm from one try to the next.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { cpus } from '../cell/cpu.ts';
import { Timer } from '../cell/timer.ts';
import { type AnyOp, bySize, type Case } from '../contract/op.ts';
import type { Variant } from '../contract/variant.ts';
import { callOn } from '../judge/batch.ts';
import { compose } from '../judge/compose.ts';
import type { OpConditions } from '../judge/conditions.ts';
import type { Image } from '../judge/image.ts';
import { deriveSeed } from '../judge/seed.ts';
import type { Sampled } from '../stats/samples.ts';
import { inOrder } from '../stopwatch/case.ts';
import { callPlan, efforts, warmAgain, warmupCalls } from '../stopwatch/effort.ts';

/** Cases at which the baseline takes longer for a call are left to the bench; the smallest is always timed. */
const maxCallNs = 3e7;
const maxCases = 3;
/** Turns are the rounds of a preview: with fewer, an interval says nothing. */
const minTurns = 4;
const effort = { ...efforts.quick, sampleMs: 30, warmMs: 200 };

/** The smallest of the cases and some larger ones, spread over those that do not take long. */
export function previewCases(op: AnyOp, cases: readonly Case[], nsPerFlop: number): readonly Case[] {
  const [smallest, ...larger] = bySize(op, cases);
  const short = [smallest, ...larger.filter((c) => nsPerFlop * op.flop(c.dims) <= maxCallNs)];
  const count = Math.min(maxCases, short.length);
  return Array.from({ length: count }, (_, i) => short[Math.round((i * (short.length - 1)) / Math.max(1, count - 1))]);
}

interface Warm {
  readonly image: Image;
  readonly baseline: Timer;
}

export class Preview {
  readonly #conditions: OpConditions;
  readonly #nsPerFlop: number;
  readonly #warm = new Map<string, Promise<Warm>>();
  /** Where this was made: outside of any try, whose processes end with it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly cpus = cpus();

  constructor(conditions: OpConditions, nsPerFlop: number) {
    this.#conditions = conditions;
    this.#nsPerFlop = nsPerFlop;
  }

  /** Samples of the baseline and of the variant, whose process is `timer`. Throws CandidateError if it fails. */
  async time(timer: Timer, c: Case): Promise<Sampled[]> {
    const { op, seed } = this.#conditions;
    const name = op.caseName(c);
    const { image, baseline } = await this.#warmOf(c);
    const baselineNs = this.#nsPerFlop * op.flop(c.dims);
    const plan = callPlan(baselineNs, effort);
    const warmups = new Map([
      [baseline, { calls: 2, ms: 10 }],
      [timer, warmupCalls(await timer.open(image), baselineNs, effort)],
    ]);
    const samples: Sampled[] = [];
    for (let turn = 0; turn < Math.max(minTurns, plan.turns); turn++) {
      for (const side of inOrder([baseline, timer], turn, deriveSeed(seed, name, 'preview'))) {
        const calls = Array.from({ length: side === baseline ? plan.baseline : plan.others }, () => callOn(image, []));
        const warmup = warmups.get(side) ?? warmAgain(baselineNs);
        warmups.delete(side);
        const { timeNs, queuedNs } = await side.turn(calls, { warmup, expectedNs: baselineNs });
        samples.push({ round: turn, turn: 0, case: name, variant: side.variant.id, timeNs, queuedNs });
      }
    }
    return samples;
  }

  /** The baseline's open process for a case, warmed up when it is first asked for. */
  #warmOf(c: Case): Promise<Warm> {
    const { op, baseline, text, seed } = this.#conditions;
    const name = op.caseName(c);
    const image = () => compose({ op, case: c, distribution: op.distributions[0], text }, seed);
    const warm = this.#warm.get(name) ?? this.#outside(() => this.#open(baseline, image()));
    this.#warm.set(name, warm);
    return warm;
  }

  async #open(variant: Variant, image: Image): Promise<Warm> {
    const baseline = new Timer(variant, 1, this.cpus);
    const baselineNs = this.#nsPerFlop * image.op.flop(image.case.dims);
    const warmup = warmupCalls(await baseline.open(image), baselineNs, effort);
    await baseline.turn([callOn(image, [])], { warmup, expectedNs: baselineNs });
    return { image, baseline };
  }
}
