import type { z } from 'zod';
import { InvalidError } from '#domain/errors/app-error.js';

/** What the schema makes of the input; throws InvalidError with all that is wrong, by field. */
export function checked<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string[]> = {};
  for (const { path, message } of parsed.error.issues) (fields[path.join('.')] ??= []).push(message);
  throw new InvalidError(fields);
}
