/**
 * Writes AGENTS.md, one page for a coding agent that is to write a faster kernel, and the list of commands in README.md. Commands and flags
 * come from the program itself, all other text from the pages that say it already.
 *
 * Run: npm run agents
 */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { programFor } from '../src/cli.ts';
import { leavesOf } from '../src/commands/leaves.ts';
import { errorCodes } from '../src/contract/errors.ts';
import { packageRoot } from '../src/files/places.ts';
import { writeWhole } from '../src/files/write.ts';
import { Io } from '../src/report/output.ts';
import { markdownTable } from '../src/report/table.ts';
import { fill } from './page.ts';

export const agentsPage = join(packageRoot, 'AGENTS.md');

const nowhere = { write: () => {} };
const program = await programFor(new Io({ stdout: nowhere, stderr: nowhere }), () => async () => {});

/** `verify [selector...]` */
const usages = leavesOf(program).map(({ name, command }) => {
  const taken = command.registeredArguments.map((argument) => {
    const words = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${words}>` : `[${words}]`;
  });
  return { command, usage: ['nfold', name, ...taken].join(' ') };
});

/** The list of commands in README.md. */
export function commandsText(): string {
  const width = Math.max(...usages.map(({ usage }) => usage.length));
  return ['```', ...usages.map(({ command, usage }) => `${usage.padEnd(width)}  ${command.description()}`), '```'].join(
    '\n',
  );
}

const read = (page: string) => readFileSync(join(packageRoot, page), 'utf8');

/** Text of a page, with links that lead on from the top folder. */
function fromTop(page: string, text: string): string {
  return text
    .replaceAll(/\]\((?!\w+:|#)([^)#]*)/g, (_, path: string) => `](${normalize(join(dirname(page), path))}`)
    .replaceAll('](#', `](${page}#`)
    .trim();
}

/** The text below a heading, up to the next one. */
function section(page: string, heading: string): string {
  const [, found] = read(page).split(`\n${heading}\n`);
  if (found === undefined) throw new Error(`${page} has no heading '${heading}'`);
  return fromTop(page, found.split(/\n#+ /)[0]);
}

function paragraph(page: string, start: string): string {
  const found = read(page)
    .split(/\n\n/)
    .find((text) => text.startsWith(start));
  if (found === undefined) throw new Error(`${page} has no paragraph that begins with '${start}'`);
  return fromTop(page, found);
}

/** The page as it should be. */
export function agentsText(): string {
  const flags = usages.map(({ command, usage }) => [
    `\`${usage}\``,
    command.description(),
    command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags }) => `\`${flags}\``)
      .join(' '),
  ]);
  const codes = Object.entries(errorCodes).map(([code, [exitCode, what]]) => [`\`${code}\``, `${exitCode}`, what]);
  return `# Working with nfold

This page is for a coding agent that is to write a faster kernel. \`npm run agents\` writes it, from the command itself and from README.md,
CONTRIBUTING.md and docs/: change those, and not this page.

${paragraph('README.md', 'nfold proves that')}

The loop: choose an op and see what was tried (\`nfold list OP\`, \`kernels/<op>/README.md\`), put one idea into one file, \`nfold verify\` until it is right,
\`nfold bench\` to see whether it is fast, \`nfold compare\` to see whether the change is more than noise, and write down what came of it.

${section('README.md', '## Add a kernel')}

## Commands

In a checkout, \`nfold\` is \`npx nfold\`. Give \`--json\` to read data: stdout then has one JSON value alone, and \`nfold schema COMMAND\` prints its schema.

${markdownTable(['command', 'what it does', 'flags'], flags)}

${paragraph('README.md', 'Exit codes:')}

With \`--json\`, a command that fails prints \`{ "error": { code, message, file, line, column, hint } }\`, and a candidate that cannot be built or run has such
an \`error\` in its row. Codes, with the usual exit code of a command that ends with them:

${markdownTable(['code', 'exit code', 'meaning'], codes)}

## Rules for a candidate

${section('docs/kernels.md', '## The six kinds of files')}

${paragraph('docs/kernels.md', 'nfold runs `setup(dims, arena)`')}

${paragraph('docs/kernels.md', 'Every WebAssembly candidate')}

${paragraph('docs/kernels.md', '- It imports the memory')}

${section('CONTRIBUTING.md', '## A candidate')}

## How to read a failure

${section('docs/kernels.md', '## … read a failure?')}

## What counts as a cheat

${section('docs/judge.md', '## What counts as a cheat')}
`;
}

if (import.meta.main) {
  fill('README.md', 'commands', commandsText());
  writeWhole(agentsPage, agentsText());
}
