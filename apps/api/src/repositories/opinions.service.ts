import { Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { mayDeleteComment } from '#domain/policy/manage.js';
import { type CommentRow, CommentsRepository } from '#persistence/comments.repository.js';
import type { Listed, Page } from '#persistence/listing.js';
import { StarsRepository } from '#persistence/stars.repository.js';
import type { Person } from '../http/access.js';
import { RepositoriesService } from './repositories.service.js';

/** Stars and comments of who may pull. */
@Injectable()
export class OpinionsService {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly stars: StarsRepository,
    private readonly comments: CommentsRepository,
  ) {}

  async star(person: Person, id: number, starred: boolean): Promise<void> {
    await this.repositories.get(person, id);
    await this.stars.set(person.userId, id, starred);
  }

  async list(person: Person, id: number, page: Page<'id'>): Promise<Listed<CommentRow>> {
    await this.repositories.get(person, id);
    return this.comments.page(id, page);
  }

  async comment(person: Person, id: number, body: string): Promise<CommentRow> {
    await this.repositories.get(person, id);
    const made = await this.comments.create(id, person.userId, body);
    return (await this.comments.find(id, made))!;
  }

  /** Its author's and administrators'. */
  async deleteComment(person: Person, id: number, commentId: number): Promise<void> {
    await this.repositories.get(person, id);
    const comment = await this.comments.find(id, commentId);
    if (comment === null) throw new AppError('not_found', 'Not found');
    if (!mayDeleteComment(person, comment.authorId)) throw new AppError('forbidden', 'Authorization fails');
    await this.comments.delete(commentId);
  }
}
