/** Commands that a reader copies: those of an installed nfold, as no path of the machine of the record means anything elsewhere. */
import { quoted } from '../contract/words.ts';
import { html, type Markup } from './markup.ts';

export const command = (...words: readonly string[]): string => ['npx nfold', ...words.map(quoted)].join(' ');

/** A click selects it whole. */
export const copyable = (text: string): Markup => html`<pre class="command" tabindex="0"><code>${text}</code></pre>`;

const words = String.raw`( ([\w./:=@%+,-]+|'[^']*'(\\''[^']*')*))+`;
const verifies = new RegExp(`(?<= )verify${words}$`);

/** The command that finds a failure again. One that a shell would read as more than words of `verify` is not passed on. */
export function replayOf({
  candidate,
  replay,
}: {
  readonly candidate: string;
  readonly replay: string | null;
}): string {
  const own = verifies.exec(replay ?? '')?.[0];
  return own ? `npx nfold ${own}` : command('verify', candidate);
}
