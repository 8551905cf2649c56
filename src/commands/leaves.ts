/** The commands that do something, with their whole names: `bench`, `task export`. */
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

export interface Leaf {
  readonly name: string;
  readonly command: CommandUnknownOpts;
}

export const leavesOf = (command: CommandUnknownOpts, above = ''): Leaf[] =>
  command.commands.flatMap((one) => {
    const name = `${above}${one.name()}`;
    return one.commands.length > 0 ? leavesOf(one, `${name} `) : [{ name, command: one }];
  });
