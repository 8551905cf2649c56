/** Commands that a reader copies: those of an installed nfold, as no path of the machine of the record means anything elsewhere. */
import { quoted } from '../contract/words.ts';
import { html, type Markup } from '../draw/markup.ts';
import type { Record } from '../records/schema.ts';

export const command = (...words: readonly string[]): string => ['npx nfold', ...words.map(quoted)].join(' ');

/** A click selects it whole. */
export const copyable = (text: string): Markup => html`<pre class="command" tabindex="0"><code>${text}</code></pre>`;

const words = String.raw`( ([\w./:=@%+,-]+|'[^']*'(\\''[^']*')*))+`;
const verifies = new RegExp(`(?<= )verify${words}$`);

type Failed = Pick<Record['candidates'][number], 'candidate' | 'replay' | 'finding'>;

/** The command that finds a failure again. One that a shell would read as more than words of `verify` is not passed on. */
export function replayOf({ candidate, replay, finding }: Failed): string {
  const own = verifies.exec(replay ?? '')?.[0];
  if (own) return `npx nfold ${own}`;
  const { case: name = null, seed = null } = finding ?? {};
  return command(
    'verify',
    candidate,
    ...(name === null ? [] : ['--case', name]),
    ...(seed === null ? [] : ['--seed', `${seed}`]),
  );
}
