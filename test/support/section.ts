/** A custom section of a module. */
export function customSection(name: string, content: Iterable<number>): number[] {
  const named = [name.length, ...Buffer.from(name), ...content];
  return [0, named.length, ...named];
}
