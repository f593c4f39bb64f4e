import { z } from 'zod';

/** An id in a path. Ids are positive PostgreSQL integers; what can not be one is 0, which does not exist. */
export const idParam = z.coerce.number().int().min(1).max(2_147_483_647).catch(0);
