import { z } from 'zod';

const HOST_PORT = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?$/;
const HIGHEST_PORT = 65_535;
const hasRealPort = (value: string) => Number(/:(\d+)$/.exec(value)?.[1] ?? 0) <= HIGHEST_PORT;

/** What the names and the secret of a registry may be, whichever door they come through. */
export const registryName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((value) => !value.includes('\0'), 'must not hold NUL');
export const hostname = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(HOST_PORT, 'must be host or host:port, without a scheme')
  .refine(hasRealPort, 'has a port that does not exist');
/** As it travels in a header. */
export const webhookSecret = z
  .string()
  .min(16)
  .max(512)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces');
