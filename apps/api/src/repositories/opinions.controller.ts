import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { mayDeleteComment } from '#domain/policy/manage.js';
import type { By } from '#persistence/activities.repository.js';
import type { CommentRow } from '#persistence/comments.repository.js';
import { CurrentUser, type Person } from '../http/access.js';
import { Answers, AnswersNothing } from '../http/answers.js';
import { CalledBy } from '../http/by.js';
import { idParam } from '../http/id-param.js';
import { pageOf } from '../http/list-page.js';
import { listQuery, type ListQuery, paging } from '../http/list-query.js';
import { VersionOf } from '../http/versioned.js';
import {
  commentView,
  type NewComment,
  newComment,
  type RepositoryChanges,
  repositoryChanges,
  viewComment,
} from './opinions.dto.js';
import { OpinionsService } from './opinions.service.js';
import { repositoryView, viewRepository } from './repositories.dto.js';
import { RepositoryChangesService } from './repository-changes.service.js';

/** Comments of a page, unless another number is asked for. */
const COMMENTS = 50;

/** What people say about a repository: its description, stars, comments. */
@ApiTags('repositories')
@Controller('api/v1/repositories/:id')
export class OpinionsController {
  constructor(
    private readonly opinions: OpinionsService,
    private readonly changes: RepositoryChangesService,
  ) {}

  @Put()
  @VersionOf('repositories')
  @Answers(repositoryView, { also: [404] })
  async describe(
    @CurrentUser() person: Person,
    @CalledBy() by: By,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: repositoryChanges }) body: RepositoryChanges,
  ) {
    return viewRepository(await this.changes.describe(person, by, id, body.repository.description));
  }

  @Put('star')
  @AnswersNothing([404])
  @HttpCode(204)
  async star(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number): Promise<void> {
    await this.opinions.star(person, id, true);
  }

  @Delete('star')
  @AnswersNothing([404])
  @HttpCode(204)
  async unstar(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number): Promise<void> {
    await this.opinions.star(person, id, false);
  }

  /** Oldest first, unless asked otherwise. */
  @Get('comments')
  @Answers(z.array(commentView), { also: [404] })
  async comments(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: listQuery(['id']) }) query: ListQuery<'id'>,
  ) {
    const cut = paging(query, COMMENTS, 'id');
    const view = (row: CommentRow) => viewComment(row, mayDeleteComment(person, row.authorId));
    return pageOf(cut, await this.opinions.list(person, id, cut), view);
  }

  @Post('comments')
  @Answers(commentView, { status: 201, also: [404] })
  @HttpCode(201)
  async comment(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Body({ schema: newComment }) body: NewComment,
  ) {
    return viewComment(await this.opinions.comment(person, id, body.comment.body), true);
  }

  @Delete('comments/:comment_id')
  @AnswersNothing([404])
  @HttpCode(204)
  async deleteComment(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Param('comment_id', { schema: idParam }) commentId: number,
  ): Promise<void> {
    await this.opinions.deleteComment(person, id, commentId);
  }
}
