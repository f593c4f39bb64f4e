import { Controller, Delete, Get, HttpCode, Param, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { By } from '#persistence/activities.repository.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { VersionOf } from '../http/versioned.js';
import { idParam } from '../http/id-param.js';
import { DeletionRequestsService } from './deletion-requests.service.js';
import { accepted, deletionView, placePreview } from './deletions.dto.js';

/** Repositories and namespaces: what would go, and asking for it. */
@ApiTags('deletions')
@Controller('api/v1')
export class PlaceDeletionsController {
  constructor(private readonly requests: DeletionRequestsService) {}

  @Get('repositories/:id/deletion')
  @Decided()
  @Answers(placePreview, { also: [404] })
  async previewRepository(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return this.requests.previewRepository(person, id);
  }

  @Delete('repositories/:id')
  @Decided()
  @VersionOf('repositories')
  @Answers(deletionView, { status: 202, also: [404, 422] })
  @HttpCode(202)
  async deleteRepository(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return accepted(await this.requests.ofRepository(person, by, id), reply);
  }

  @Get('namespaces/:id/deletion')
  @Decided()
  @Answers(placePreview, { also: [404, 422] })
  async previewNamespace(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number) {
    return this.requests.previewNamespace(person, id);
  }

  @Delete('namespaces/:id')
  @Decided()
  @VersionOf('namespaces')
  @Answers(deletionView, { status: 202, also: [404, 422] })
  @HttpCode(202)
  async deleteNamespace(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return accepted(await this.requests.ofNamespace(person, by, id), reply);
  }
}
