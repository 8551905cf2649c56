/** The record's JSON Schema, for reading records without nfold: `npm run schema` writes docs/record.schema.json. */
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../files/places.ts';
import { writeWhole } from '../files/write.ts';
import { Record, recordSchema } from './schema.ts';

export const schemaFile = join(packageRoot, 'docs/record.schema.json');

export function jsonSchemaText(): string {
  const { $schema, ...schema } = z.toJSONSchema(Record);
  return `${JSON.stringify({ $schema, title: recordSchema, ...schema }, null, 2)}\n`;
}

if (import.meta.main) writeWhole(schemaFile, jsonSchemaText());
