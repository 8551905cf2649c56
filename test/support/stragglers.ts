/**
 * Training steps in which one thread falls asleep, for so long that the others go as far as nothing keeps them: what they must not overtake is
 * then overtaken in every run, where without a sleeper it would be in one of a hundred.
 */
import type { Model } from '../../baselines/models.ts';
import { stepModule } from '../../kernels/common/step.ts';
import { compile } from '../../src/compiler/compile.ts';
import { type Image, sameBytes } from '../../src/judge/image.ts';
import { callsFrom, narrow, stateOf, take } from './step.ts';

/** Words of scratch, zero before a call and not used by a step: at which place to sleep, which thread, and one that nobody ever notifies. */
const [where, who, bed] = [60, 61, 62];
const sleepNs = 3e6;
/** Places from here on are the marks, at which one thread sleeps; those before are the numbers in a queue, at which any sleeps that takes it. */
const firstMark = 1000;
const nowhere = -1;

const straggle = `(func $straggle (param $at i32)
  (if (i32.ne (local.get $at) (i32.load offset=${4 * where} (global.get $base))) (then (return)))
  (if (i32.and (i32.ge_u (local.get $at) (i32.const ${firstMark})) (i32.ne (global.get $tid) (i32.load offset=${4 * who} (global.get $base)))) (then (return)))
  (drop (memory.atomic.wait32 offset=${4 * bed} (global.get $base) (i32.const 0) (i64.const ${sleepNs}))))`;

/** The number of places, and those at which a sleeper makes another step of it. `queued`: the most units that a queue has. */
export async function overtaken(
  dims: Model,
  queued: number,
  threads = 2,
  sleepers: Iterable<number> = new Set([0, 1, threads - 1]),
) {
  let [marks, takes] = [0, 0];
  const text = stepModule(dims, 8)
    .replace(/;; @mark .*/g, () => `(call $straggle (i32.const ${firstMark + marks++}))`)
    .replace(/\(local\.set \$u \(call \$take [^)]*\)\)\)/g, (taken) => {
      takes++;
      return `${taken} (call $straggle (local.get $u))`;
    })
    .replace(/\)\s*$/, `${straggle})`);
  if (marks === 0 || takes === 0) throw new Error('no place to sleep was found');
  const bytes = await compile({ type: 'wat', text });
  const variant = { ...narrow, artifact: async () => ({ kind: 'wasm', bytes }) as const };
  const image: Image = stateOf(dims);
  const ofMarks = Array.from({ length: marks }, (_, i) => firstMark + i);
  const places = [
    { place: nowhere, sleeper: 0 },
    ...Array.from({ length: queued }, (_, place) => ({ place, sleeper: 0 })),
    ...[...sleepers].flatMap((sleeper) => ofMarks.map((place) => ({ place, sleeper }))),
  ];
  const [call] = callsFrom(image, 1);
  const calls = places.map(() => call);
  const prepare = (scratch: Int32Array, i: number) => {
    scratch[where] = places[i].place;
    scratch[who] = places[i].sleeper;
  };
  const [want, ...others] = await take(variant, image, calls, { threads, prepare });
  return { places: places.length - 1, overtaken: places.slice(1).filter((_, i) => !sameBytes(want, others[i])) };
}
