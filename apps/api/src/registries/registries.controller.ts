import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Inject } from '@nestjs/common';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { AdminOnly } from '../http/access.js';
import { idParam } from '../http/id-param.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { setPagingHeaders } from '../http/paging-headers.js';
import {
  registryBody,
  type RegistryBody,
  registryChanges,
  type RegistryChanges,
  registryValidation,
  type RegistryValidation,
  viewRegistry,
} from './registries.dto.js';
import { RegistriesService, type Status } from './registries.service.js';

const SORTS = ['id', 'name'] as const;

@ApiTags('registries')
@AdminOnly()
@Controller('api/v1/registries')
export class RegistriesController {
  constructor(
    private readonly registries: RegistriesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @ApiOkResponse({ description: 'The registries, one page of them.' })
  async list(
    @Query({ schema: listQuery(SORTS) }) query: ListQuery<(typeof SORTS)[number]>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const cut = paging(query, this.settings.perPage, 'id');
    const { items, total } = await this.registries.list(cut);
    setPagingHeaders(request, reply, cut, total);
    return items.map(viewRegistry);
  }

  @Get('validate')
  async validate(@Query({ schema: registryValidation }) query: RegistryValidation): Promise<Status> {
    return this.registries.validate(query);
  }

  @Post()
  @HttpCode(201)
  async create(@Body({ schema: registryBody }) body: { registry: RegistryBody }) {
    return viewRegistry(await this.registries.create(body.registry));
  }

  @Put(':id')
  async update(
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: registryChanges }) body: { registry: RegistryChanges },
  ) {
    return viewRegistry(await this.registries.update(id, body.registry));
  }
}
