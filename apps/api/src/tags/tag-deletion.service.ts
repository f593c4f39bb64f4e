import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { type Removal, TagRemover } from '#catalog/tag-remover.js';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { orRegistryError } from '../http/registry-errors.js';
import type { UnchangedCheck } from '../http/versioned.js';
import { requireActionOn } from '../http/viewer.js';
import { TagGuard } from './tag-guard.js';
import { TagsService } from './tags.service.js';

/** Deletes single tags at the registry, and never their siblings. */
@Injectable()
export class TagDeletionService {
  constructor(
    private readonly tags: TagsService,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly remover: TagRemover,
    private readonly guard: TagGuard,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Ends when the registry has proved it; throws what kept it from that. A tag that was gone already is no error. */
  async delete(
    person: Person,
    by: By,
    id: number,
    unchanged: UnchangedCheck,
    moveShared = this.settings.deleteMoveShared,
  ): Promise<void> {
    const tag = await this.tags.get(person, id);
    requireActionOn(person, 'delete', tag, policyOptions(this.settings));
    await this.guard.refuseImmutable(tag);
    const registry = await this.registries.find(tag.registryId);
    if (registry === null) throw new AppError('not_found', 'Not found');
    const { fullName, name } = tag;
    const digest = (await unchanged()) ? tag.digest : null;
    const target = { registry, fullName, tag: name, digest, actor: person.username, moveShared };
    const acting = this.clients.create(registry, person.username);
    try {
      refuseUnlessGone(await orRegistryError(() => this.remover.remove(target, acting)));
    } finally {
      await acting.close();
    }
    await this.guard.record(by, 'tag.delete', tag, { digest: tag.digest });
  }
}

function refuseUnlessGone(removal: Removal): void {
  switch (removal.state) {
    case 'removed':
    case 'absent':
      return;
    case 'moved':
      throw new AppError('conflict', 'the tag was pushed at the same time; look at it, and delete it again');
    case 'disabled':
      throw new InvalidError({ registry: ['deletes are switched off at the registry (storage.delete.enabled)'] });
    case 'unclear':
      throw new AppError('unavailable', 'the registry could not be read well enough to see who shares the digest');
    case 'shared':
      throw new InvalidError({
        digest: ['the registry deletes by digest only, and others have it too; `move_shared` takes off this tag alone'],
        shared_with: removal.tags,
        indexes: removal.indexes.map((index) => [index.digest, ...index.tags].join(' ')),
      });
  }
}
