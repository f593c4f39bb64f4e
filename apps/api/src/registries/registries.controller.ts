import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { By } from '#persistence/activities.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { z } from 'zod';
import { AdminOnly } from '../http/access.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { VersionOf } from '../http/versioned.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { pageOf } from '../http/list-page.js';
import {
  reachabilityView,
  registryBody,
  type RegistryBody,
  registryChanges,
  type RegistryChanges,
  registryValidation,
  type RegistryValidation,
  registryView,
  rotatedSecret,
  viewRegistry,
} from './registries.dto.js';
import { statusView } from '../http/status-view.js';
import { RegistryChangesService } from './registry-changes.service.js';
import { RegistriesService, type Status } from './registries.service.js';

const SORTS = ['id', 'name'] as const;

@ApiTags('registries')
@AdminOnly()
@Controller('api/v1/registries')
export class RegistriesController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly changes: RegistryChangesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get()
  @Answers(z.array(registryView))
  async list(@Query({ schema: listQuery(SORTS) }) query: ListQuery<(typeof SORTS)[number]>) {
    const cut = paging(query, this.settings.perPage, 'id');
    return pageOf(cut, await this.registries.list(cut), viewRegistry);
  }

  @Get('validate')
  @Answers(statusView)
  async validate(@Query({ schema: registryValidation }) query: RegistryValidation): Promise<Status> {
    return this.registries.validate(query);
  }

  @Get(':id')
  @VersionOf('registries')
  @Answers(registryView, { also: [404] })
  async get(@Param('id', { schema: idParam }) id: number) {
    return viewRegistry(await this.registries.get(id));
  }

  /** Whether it answers now, and speaks v2. */
  @Get(':id/reachability')
  @Answers(reachabilityView, { also: [404] })
  async reachability(@Param('id', { schema: idParam }) id: number) {
    const { hostname, useSsl } = await this.registries.get(id);
    const message = await this.registries.reachability(hostname, useSsl);
    return { reachable: message === null, message };
  }

  @Post()
  @Answers(registryView, { status: 201, also: [422] })
  @HttpCode(201)
  async create(@CalledBy() by: By, @Body({ schema: registryBody }) body: { registry: RegistryBody; force: boolean }) {
    return viewRegistry(await this.changes.create(by, body.registry, body.force));
  }

  @Put(':id')
  @VersionOf('registries')
  @Answers(registryView, { also: [404, 422] })
  async update(
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: registryChanges }) body: { registry: RegistryChanges; force: boolean },
  ) {
    return viewRegistry(await this.changes.update(by, id, body.registry, body.force));
  }

  /** The new secret is answered once; the present one stays valid until it is ended. */
  @Post(':id/rotate_secret')
  @Answers(rotatedSecret, { also: [404, 409] })
  @HttpCode(200)
  async rotateSecret(@CalledBy() by: By, @Param('id', { schema: idParam }) id: number) {
    return { webhook_secret: await this.changes.rotateSecret(by, id) };
  }

  @Delete(':id/former_secret')
  @VersionOf('registries')
  @AnswersNothing([404])
  @HttpCode(204)
  async forgetFormerSecret(@CalledBy() by: By, @Param('id', { schema: idParam }) id: number): Promise<void> {
    await this.changes.forgetFormerSecret(by, id);
  }
}
