import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { By } from '#persistence/activities.repository.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { Unchanged, type UnchangedCheck, VersionOf } from '../http/versioned.js';
import { DeletionPreviewService } from './deletion-preview.service.js';
import {
  deletionPreview,
  deletionQuery,
  type DeletionQuery,
  rollbackBody,
  type RollbackBody,
} from './tag-changes.dto.js';
import { TagDeletionService } from './tag-deletion.service.js';
import { TagRollbackService } from './tag-rollback.service.js';
import { tagView, viewTag } from './tags.dto.js';

@ApiTags('tags')
@Controller('api/v1/tags/:id')
export class TagChangesController {
  constructor(
    private readonly deletions: TagDeletionService,
    private readonly previews: DeletionPreviewService,
    private readonly rollbacks: TagRollbackService,
  ) {}

  @Get('deletion')
  @Decided()
  @Answers(deletionPreview, { also: [404, 422, 503] })
  async preview(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: deletionQuery }) query: DeletionQuery,
  ) {
    return this.previews.of(person, id, query.move_shared);
  }

  /** With `If-Match` only while the tag has the digest that was seen; 409 when it moves at that very moment. */
  @Delete()
  @Decided()
  @VersionOf('tags', 'id', { early: true })
  @AnswersNothing([404, 409, 422, 503])
  @HttpCode(204)
  async delete(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: deletionQuery }) query: DeletionQuery,
    @Unchanged() unchanged: UnchangedCheck,
  ): Promise<void> {
    await this.deletions.delete(person, by, id, unchanged, query.move_shared);
  }

  @Post('rollback')
  @Decided()
  @Answers(tagView, { also: [404, 422, 503] })
  @HttpCode(200)
  async rollback(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: rollbackBody }) body: RollbackBody,
  ) {
    return viewTag(await this.rollbacks.rollback(person, by, id, body));
  }
}
