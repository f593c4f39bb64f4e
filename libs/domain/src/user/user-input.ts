import { z } from 'zod';
import { namespaceNameFor } from '../naming/repository-name.js';

const withoutNul = (value: string) => !value.includes('\0');

/** What a name, an address and a password may be, whichever door they come through. */
export const username = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^:\s\0]+$/, 'must not hold a colon or white space')
  .refine((value) => namespaceNameFor(value) !== null, 'can not be made into the name of a namespace');
export const email = z.email().max(255);
export const password = z.string().min(8).max(128).refine(withoutNul, 'must not hold NUL');
export const displayName = z.string().trim().max(255).refine(withoutNul, 'must not hold NUL').nullish();
