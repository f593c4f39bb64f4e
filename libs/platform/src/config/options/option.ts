import { isIP } from 'node:net';
import { z } from 'zod';

/** One environment variable. `secret` values may also come from a file (`NAME_FILE`) and are never printed. */
export interface Option {
  name: string;
  schema: z.ZodType;
  /** As a person would write it in the environment; null: no default. */
  fallback: string | null;
  group: string;
  text: string;
  secret?: boolean;
  example?: string;
}

/** What values are, as they are written in the environment. */
export const text = z.string().trim().min(1).max(4096);
export const bool = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'])
  .transform((value) => ['true', '1', 'yes', 'on'].includes(value));
export const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const port = integer(0, 65_535);
/** Addresses and CIDR ranges, separated by commas. */
export const networks = z
  .string()
  .trim()
  .max(4096)
  .refine(isListOfNetworks, 'must be addresses or CIDR ranges, separated by commas');

/** A server of a list, by name or address. */
export interface HostPort {
  host: string;
  port: number;
}

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

/** `host:port` of servers, separated by commas. */
export const servers = z
  .string()
  .trim()
  .max(4096)
  .transform((value, context): HostPort[] => {
    const parts = value === '' ? [] : value.split(',').map((part) => HOST_PORT.exec(part.trim()));
    const known = parts.filter((part) => part !== null && Number(part[3]) > 0 && Number(part[3]) <= 65_535);
    if (known.length < parts.length) {
      context.addIssue({ code: 'custom', message: 'must be host:port, separated by commas' });
      return z.NEVER;
    }
    return known.map((part) => ({ host: (part![1] ?? part![2])!, port: Number(part![3]) }));
  });

function isListOfNetworks(value: string): boolean {
  if (value === '') return true;
  return value.split(',').every((part) => {
    const [address = '', bits = '0', ...rest] = part.trim().split('/');
    const family = isIP(address);
    const max = family === 4 ? 32 : 128;
    return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= max;
  });
}

/** One option, with the type of its value. */
export function option<T extends z.ZodType>(
  name: string,
  group: string,
  schema: T,
  fallback: string | null,
  about: string,
  more: Pick<Option, 'secret' | 'example'> = {},
): Option & { schema: T } {
  return { name, group, schema, fallback, text: about, ...more };
}
