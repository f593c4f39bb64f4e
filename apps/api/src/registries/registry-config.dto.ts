import { z } from 'zod';
import { CONFIG_VERSIONS } from '#administration/registry-config.js';

const base = z
  .url({ protocol: /^https?$/ })
  .max(512)
  .refine((text) => !/[?#\s]/.test(text), 'must have no query')
  .transform((text) => text.replace(/\/+$/, ''));

export const configQuery = z.object({
  version: z.enum(CONFIG_VERSIONS).default('3').meta({ description: 'Of the registry; 3 is 3.x.' }),
  portus_url: base.meta({ description: 'Where clients reach Portus.', example: 'https://portus.example' }),
  webhook_url: base
    .optional()
    .meta({ description: 'Where the registry reaches Portus; default: the same.', example: 'https://portus.example' }),
});
export type ConfigQuery = z.output<typeof configQuery>;

const file = z.object({ path: z.string(), text: z.string() });

export const configView = z
  .object({
    config: z.string().meta({ description: 'config.yml, with `WEBHOOK_SECRET` where the secret belongs.' }),
    files: z.array(file).max(2).meta({ description: 'What it names: the keys that the registry trusts.' }),
  })
  .meta({ id: 'RegistryConfig' });
