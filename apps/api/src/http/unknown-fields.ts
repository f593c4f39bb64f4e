import type { z } from 'zod';
import { fieldsOf } from './schema-fields.js';

/** Names that a warning lists, and characters of each. */
const MOST_NAMES = 20;
const LONGEST_NAME = 64;

/**
 * Fields of a body that neither the operation reads nor its answer has: these are likely typing errors. Fields of the
 * answer may always be sent back, also those that nobody can change.
 *
 * @param view what the operation answers; also of what a body wraps, as in `{"user": {…}}`
 */
export function unknownFields(schema: z.ZodType, view: z.ZodType | null, body: unknown): string[] {
  const found: string[] = [];
  collect(schema, view, body, '', found);
  return found;
}

function collect(schema: z.ZodType, view: z.ZodType | null, value: unknown, path: string, found: string[]): void {
  if (found.length >= MOST_NAMES || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    // No body has lists of lists; one that is nothing but brackets must not exhaust the stack.
    const items = value.slice(0, MOST_NAMES).filter((item) => !Array.isArray(item));
    for (const item of items) collect(schema, view, item, path, found);
    return;
  }
  const fields = fieldsOf(schema);
  if (fields === null) return;
  const shown = (view && fieldsOf(view)) ?? {};
  for (const [name, item] of Object.entries(value)) {
    const here = path === '' ? name : `${path}.${name}`;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const told = Object.hasOwn(shown, name) ? shown[name] : undefined;
    if (field) collect(field, told ?? (path === '' ? view : null), item, here, found);
    else if (!told && !found.includes(here) && found.length < MOST_NAMES) found.push(here);
  }
}

/** The text of `X-Portus-Warning`; what no header can hold is encoded. */
export function warningOf(names: readonly string[]): string {
  const shown = names.map((name) => encodeURIComponent(Buffer.from(name.slice(0, LONGEST_NAME)).toString()));
  return `unknown fields ignored: ${shown.join(', ')}`;
}
