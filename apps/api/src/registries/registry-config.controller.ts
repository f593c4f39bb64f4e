import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { type ConfigQuery, configQuery, configView } from './registry-config.dto.js';
import { RegistryConfigService } from './registry-config.service.js';

@ApiTags('registries')
@AdminOnly()
@Controller('api/v1/registries/:id/config')
export class RegistryConfigController {
  constructor(private readonly service: RegistryConfigService) {}

  /** A complete config.yml for the registry, and the files that it names. It holds no secret of Portus. */
  @Get()
  @Answers(configView, { also: [404, 409] })
  async config(@Param('id', { schema: idParam }) id: number, @Query({ schema: configQuery }) query: ConfigQuery) {
    return this.service.config(id, query);
  }
}
