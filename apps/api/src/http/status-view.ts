import { z } from 'zod';

/** Portus's answer to "could this be made?": field → messages. */
export const statusView = z
  .object({ messages: z.record(z.string(), z.array(z.string())), valid: z.boolean() })
  .meta({ id: 'Status' });
