import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Answers } from '../http/answers.js';

const versionView = z
  .object({
    'api-versions': z.array(z.string()),
    git: z.null().meta({ description: 'Portus told its commit here.' }),
    version: z.string(),
  })
  .meta({ id: 'Version' });

const VERSION = versionOf(dirname(fileURLToPath(import.meta.url)));

/** What runs here; only for people who are signed in. */
@ApiTags('health')
@Controller('api/version')
export class VersionController {
  @Get()
  @Answers(versionView, { also: [401] })
  get(): z.output<typeof versionView> {
    return { 'api-versions': ['v1'], git: null, version: VERSION };
  }
}

/** Of the nearest package.json above a folder: it is another one when built. */
function versionOf(folder: string): string {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    if (name === 'portus' && version !== undefined) return version;
  } catch {
    // Not in this folder.
  }
  return dirname(folder) === folder ? 'unknown' : versionOf(dirname(folder));
}
