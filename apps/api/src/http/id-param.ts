import { z } from 'zod';

/** Ids are PostgreSQL integers; what can't be one does not exist. */
export const idParam = z.coerce.number().int().min(1).max(2_147_483_647);
