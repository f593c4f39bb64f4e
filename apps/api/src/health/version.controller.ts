import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { VERSION } from '#platform/program/version.js';
import { Answers } from '../http/answers.js';

const versionView = z
  .object({
    'api-versions': z.array(z.string()),
    git: z.null().meta({ description: 'Portus told its commit here.' }),
    version: z.string(),
  })
  .meta({ id: 'Version' });

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
