/** The paths of the properties in a JSON Schema that have no sentence as a description. */
export function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties } = schema as { properties?: { [name: string]: { description?: string } } };
  const without = Object.entries(properties ?? {}).filter(([, property]) => !property.description?.endsWith('.'));
  const below = Object.entries(schema).flatMap(([name, part]) => undescribed(part, `${path}/${name}`));
  return [...without.map(([name]) => `${path}/${name}`), ...below];
}
