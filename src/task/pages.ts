/** The pages and settings of a folder that is handed out: TASK.md, which a person or a program reads first, and what stands around it. */
import { kinds } from '../catalog/candidates.ts';
import { editorFiles } from '../catalog/editor.ts';
import type { AnyOp, Case } from '../contract/op.ts';
import { counted } from '../contract/words.ts';
import { limits, type Task } from './task.ts';

type Texts = [path: string, text: string][];

interface Kind {
  /** Of nfold. */
  readonly version: string;
  readonly format: 'plain' | 'harbor';
}

export function pagesOf(task: Task, ops: readonly AnyOp[], { version, format }: Kind): Texts {
  const settings = {
    name: `task-${task.name.replaceAll('_', '-')}`,
    private: true,
    type: 'module',
    scripts: { check: 'nfold task check', bench: `nfold bench ${selectorOf(task)} --quick --no-peers` },
    dependencies: { nfold: version },
  };
  return [
    ['TASK.md', taskPage(task, ops, format)],
    ['AGENTS.md', agentsPage(task, format)],
    ['package.json', `${JSON.stringify(settings, null, 2)}\n`],
    ['.gitignore', '.nfold\nnode_modules\n'],
    ...Object.entries(editorFiles('.', true)),
  ];
}

const selectorOf = ({ ops }: Task): string => (ops.length === 1 ? `${ops[0]}/attempt` : '"*/attempt"');
const folderOf = ({ ops }: Task): string => (ops.length === 1 ? ops[0] : '<op>');
const anOp = ({ ops }: Task): string => (ops.length === 1 ? ops[0] : 'OP');

function taskPage(task: Task, ops: readonly AnyOp[], format: Kind['format']): string {
  const op = anOp(task);
  const all = ops.length === 1 ? `\`${op}\`: ${ops[0].about}` : `the ${ops.length} ops below`;
  return `# Make ${task.name} fast on a CPU

**The goal.** Make ${all}.
You start from plain TypeScript that is right and slow. The score is how many times as fast as that you are, on average.

${whyOf(task)}

## What you write

One file an op, \`kernels/${folderOf(task)}/attempt.<ending>\`. There it is now as \`attempt.ts\`, the starting code. The ending is the language: ${kinds.map((kind) => `\`.${kind}\``).join(', ')}.
TypeScript, AssemblyScript, a generator of WebAssembly for each shape, WebAssembly text, C, or a ready-made module.
To change the language, remove \`attempt.ts\`; \`npx nfold new ${op}/attempt --lang as\` (or \`c\`, \`wat\`, \`wasm-ts\`) then writes plain loops in it.
\`npx nfold list ${op}\` prints what \`run\` gets, with shapes and roles, in each language; \`node_modules/nfold/docs/kernels.md\` has an example of each.

- What several files share lies in \`kernels/common/\`. Imports lead there and nowhere else.
- TypeScript runs on one thread. WebAssembly that says \`@threads any\` is called on one thread for each core, with its number.
- \`setup\` and \`generate\` run once a shape, before any time is taken. They see sizes and never data.
- Only these files count: \`kernels/${folderOf(task)}/attempt.*\` and \`kernels/common/*\`. Every other change is listed and ignored, also what \`nfold tune\` keeps.
- A source has at most ${limits.source / 1024} KiB (a \`.wasm\` ${limits.module / 1024} KiB), all together at most ${limits.total / 2 ** 20} MiB, \`kernels/common\` at most ${limits.common} files. Links do not count as files.

## The shapes

${shapesOf(task, ops)}

Every attempt is also checked at other shapes (0, 1, primes, odd sizes, drawn ones), and timed at shapes near these
that nobody knows before the run. Those are in no mean, but a kernel that was made for the known shapes alone shows.

## What counts as cheating

Each call has to compute the op from the inputs of that call. These are cheats, whatever they gain, and an attempt with one fails:

- an answer that is constant, kept from an earlier call, or foreseen;
- work left out, or moved out of the timed call into \`setup\`, loading or another thread;
- less precision than f32 where it does not show;
- to read or change what is not an argument: the clock, files, the checks, the memory around the tensors, the inputs;
- to call a library, or the code that you are compared with.

${answersOf[format]} To read or to copy them is to copy the answer: copies are told of.
Another order of summation, fused loops or a path for a shape is no cheat. \`node_modules/nfold/docs/judge.md\` says what is checked.

## The score

For each shape: the time of the starting code divided by yours, both timed in turn on the same machine, each in processes of its own, with new inputs at each call.
The score is the arithmetic mean of these speedups. Seeds are fresh for each score. One wrong result and there is no score;
over many attempts a failure is shown both ways, left out and counted as 1.

## The steps

1. \`npm install\`
2. Have one idea, and write it into \`kernels/${folderOf(task)}/attempt.<ending>\`. Say it in one line in \`about\` (or \`@about\`).
3. \`npm run check\` tells whether it is right. A failure ends with the command that repeats it.
4. \`npm run bench\` tells how fast it is, roughly: a minute or a few${ops.length === 1 ? '' : ' an op'}. \`npx nfold show\` prints it shape by shape. Go on with 2.
5. You are done when \`check\` has printed PASS.
`;
}

const answersOf: Readonly<Record<Kind['format'], string>> = {
  plain:
    'The installed package holds optimized kernels of its own, in `node_modules/nfold/kernels`, and a compiled one among its checks.',
  harbor:
    'The nfold package has optimized kernels of its own, which were taken out here but for a compiled one among its checks.',
};

/** Why anyone would want it. */
function whyOf({ name, suite }: Task): string {
  if (name === 'train_gpt2')
    return `**Why it matters.** AI companies report by this kind of task how well their models do research: "how many times faster an AI makes a CPU-only
small language model training implementation". The mean speedup over the unmodified starting code was 2.9x in May 2025, 16.5x in
November 2025, 30x in February 2026 and 52x in April 2026; a human researcher takes 4 to 8 hours for 4x. Their code is not public. This is an
open version of the task: one call is one whole training step of a small GPT-2, forward, backward and AdamW.`;
  if (suite.name === 'lm_ops')
    return '**Why it matters.** The training step of a small language model is made of such ops, each of which can be many times as fast as plain loops.';
  if (name === 'sgemm')
    return '**Why it matters.** Most of the time of a language model, in training and in use, goes into products of matrices.';
  return '**Why it matters.** Plain loops use a small part of what a CPU can do.';
}

const meanings: Readonly<Record<string, string>> = {
  B: 'sequences',
  T: 'tokens a sequence',
  L: 'layers',
  C: 'channels',
  OC: 'output channels',
  NH: 'heads',
  V: 'token ids',
  N: 'elements',
};

function shapesOf({ name, suite }: Task, ops: readonly AnyOp[]): string {
  if (ops.length > 1)
    return [
      'Each op is timed at the sizes that it has in a training step of small GPT-2s: 64 to 256 channels, 32 to 128 tokens, vocabulary 256.',
      '`npx nfold list OP` prints them. The mean is over all shapes of all ops.',
      '',
      '| op | what it computes | shapes |',
      '| --- | --- | --- |',
      ...ops.map((op) => `| \`${op.name}\` | ${op.about} | ${timed(op).length} |`),
    ].join('\n');
  const [op] = ops;
  const work = timed(op).map((c) => `\`${op.caseName(c)}\` (${megaflop(op.flop(c.dims))})`);
  const dims = op.dims.flatMap((dim: string) => (meanings[dim] ? [`${dim} ${meanings[dim]}`] : [])).join(', ');
  if (name === 'sgemm')
    return `${counted(work.length, 'shape')}, with the work of a call: ${work.join(', ')}.

C is M by N, and each of its elements is a sum of K products. Square sizes are what everybody compares; the others are the products in a training step of a
small GPT-2, forward and backward. In NT the second operand is stored transposed, in TN the first.`;
  const reason =
    name === 'train_gpt2'
      ? 'Five models that differ in width, depth, length and number of sequences. They are so small that a step of the starting code takes a few seconds at most.'
      : suite.name === 'lm_ops'
        ? 'These are the sizes that the op has in a training step of five small GPT-2s.'
        : 'The op declares them.';
  const words = suite.name === name && name !== 'train_gpt2' ? '' : ` ${dims}.`;
  return `${counted(work.length, 'shape')}, with the work of a call: ${work.join(', ')}.${words}\n\n${reason}`;
}

/** Those that make the mean. */
const timed = (op: AnyOp): readonly Case[] => op.cases.filter(({ extra }) => !extra);

const megaflop = (flop: number) => (flop === 0 ? 'no arithmetic' : `${Number((flop / 1e6).toPrecision(3))} Mflop`);

function agentsPage(task: Task, format: Kind['format']): string {
  const op = anOp(task);
  const commands = aligned([
    ['npm install', 'once'],
    [`npx nfold list ${op} --json`, 'what run gets: tensors, shapes, dims, stubs in each language'],
    ['npx nfold task check --quick --json', 'right? verdict, and for each op failure.replay, failure.elements, error'],
    [`npx nfold bench ${selectorOf(task)} --quick --no-peers --json`, 'fast? means[].arithmetic, results[].speedup'],
    ['npx nfold show', 'the last bench, shape by shape'],
    [`npx nfold inspect ${op}/attempt`, 'what became of the code: the module, the hot loop, machine code'],
  ]);
  return `# For a coding agent

Read TASK.md first: it says what is to be made fast, what counts and what is a cheat. Then go round this loop; each command takes \`--json\`, and then prints one
JSON value on stdout (\`npx nfold schema task check\` and \`npx nfold schema bench\` describe them).

\`\`\`sh
${commands}
\`\`\`

- Edit \`kernels/${folderOf(task)}/attempt.*\` and \`kernels/common/*\`; nothing else counts. One idea at a time, and keep what is right and faster.
- A quick bench is noisy: a difference within its interval is none. \`npx nfold compare last~1 last\` tells whether a change is more than noise.
- ${answersOf[format]} Those are answers: leave them alone.
- At the end run \`npm run check\`, without \`--quick\`. You are done when its last line is PASS.
`;
}

function aligned(rows: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, what]) => `${command.padEnd(width)}  # ${what}`).join('\n');
}
