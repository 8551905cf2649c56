/** Whether the engine has bugs that are known, as selftest and doctor print it. */
import { z } from 'zod';
import { count, list, text, texts } from '../contract/fields.ts';

export const Engine = z
  .strictObject({
    known: count('Known bugs of WebAssembly engines that were looked for.'),
    absent: count('Those among them that no setting of V8 showed.'),
    faults: list(
      'Those that are there.',
      z.strictObject({
        bug: text('What its code does.'),
        flags: texts('V8 flags that show it.'),
        fault: text('How it ends.'),
      }),
    ),
  })
  .describe('Known bugs of engines that let code out of its memory or compute other bits.');
