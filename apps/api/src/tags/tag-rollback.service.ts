import { Inject, Injectable } from '@nestjs/common';
import { type Restoration, TagRestorer } from '#catalog/tag-restorer.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { TagHistoryRepository } from '#persistence/tag-history.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { orRegistryError } from '../http/registry-errors.js';
import { requireActionOn } from '../http/viewer.js';
import type { RollbackBody } from './tag-changes.dto.js';
import { TagGuard } from './tag-guard.js';
import { TagsService } from './tags.service.js';

/** Puts tags back to digests that they had. */
@Injectable()
export class TagRollbackService {
  constructor(
    private readonly tags: TagsService,
    private readonly history: TagHistoryRepository,
    private readonly registries: RegistriesRepository,
    private readonly restorer: TagRestorer,
    private readonly guard: TagGuard,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The tag as it is then. 422 with the reason when the registry no longer has what it takes. */
  async rollback(person: Person, by: By, id: number, to: RollbackBody): Promise<TagRow> {
    const tag = await this.tags.get(person, id);
    requireActionOn(person, 'rollback', tag, policyOptions(this.settings));
    const digest = await this.earlierDigest(tag, to);
    await this.guard.refuseImmutable(tag, digest);
    const registry = await this.registries.find(tag.registryId);
    if (registry === null) throw new AppError('not_found', 'Not found');
    const target = { registry, fullName: tag.fullName, tag: tag.name, digest, actor: person.username };
    refuseUnlessRestored(await orRegistryError(() => this.restorer.restore(target)));
    const details = { before: { digest: tag.digest }, after: { digest } };
    await this.guard.record(by, 'tag.rollback', tag, details);
    return this.tags.get(person, id);
  }

  /** Only what the tag had: this is a way back, not another way to push. */
  private async earlierDigest(tag: TagRow, { digest, revision }: RollbackBody): Promise<string> {
    const { repositoryId, name } = tag;
    const found = revision === undefined ? digest! : await this.history.digestOf(repositoryId, name, revision);
    if (found === null) throw new InvalidError({ revision: ['is not one that the tag could be put back to'] });
    if (!(await this.history.had(repositoryId, name, found))) {
      throw new InvalidError({ digest: ['is not one that the tag ever had'] });
    }
    return found;
  }
}

/** 422 with what is missing. */
export function refuseUnlessRestored(outcome: Restoration): void {
  if (outcome.state === 'gone') throw new InvalidError({ digest: ['the registry no longer has this manifest'] });
  if (outcome.state !== 'incomplete') return;
  const missing = outcome.missing.length > 0 ? `: ${outcome.missing.join(', ')}` : '';
  throw new InvalidError({ digest: [`the registry no longer has all that this manifest is made of${missing}`] });
}
