import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { AppError } from '#domain/errors/app-error.js';
import { ManifestsRepository, type Sharing } from '#persistence/manifests.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { orRegistryError } from '../http/registry-errors.js';
import { requireActionOn } from '../http/viewer.js';
import type { DeleteMethod, DeletionPreview } from './tag-changes.dto.js';
import { TagsService } from './tags.service.js';

const MAX_REFERRERS = 100;

const BECAUSE: Record<DeleteMethod, string> = {
  untag: 'the registry can take off a single tag; its siblings and the manifest stay',
  digest: 'the registry deletes by digest, and nobody else has this one',
  move: 'others have the digest: the tag is moved to a throw-away manifest, which is deleted',
  refused: 'the registry deletes by digest only, and others have it too; `move_shared` would take off this tag alone',
  disabled: 'deletes are switched off at the registry',
};

/** What the deletion of a tag would do, without doing it. */
@Injectable()
export class DeletionPreviewService {
  constructor(
    private readonly tags: TagsService,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
    private readonly manifests: ManifestsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async of(person: Person, id: number, moveShared = this.settings.deleteMoveShared): Promise<DeletionPreview> {
    const tag = await this.tags.get(person, id);
    requireActionOn(person, 'delete', tag, policyOptions(this.settings));
    const sharing = await this.manifests.sharing(tag.repositoryId, tag.digest);
    const others = { ...sharing, tags: sharing.tags.filter((name) => name !== tag.name) };
    const method = await this.methodFor(tag, others, moveShared);
    const referrers = await this.manifests.referrersOf(tag.repositoryId, tag.digest, MAX_REFERRERS);
    return {
      digest: tag.digest,
      method,
      because: BECAUSE[method],
      shared_with: others.tags,
      indexes: others.indexes,
      referrers: referrers.map(({ digest, kind, tag: name }) => ({ digest, kind, tag: name })),
    };
  }

  /** The registry is asked to delete a tag that can not exist: its refusal tells what it is able to. */
  private async methodFor(tag: TagRow, others: Sharing, moveShared: boolean): Promise<DeleteMethod> {
    const registry = await this.registries.find(tag.registryId);
    if (registry === null) throw new AppError('not_found', 'Not found');
    const probe = `portus-probe-${randomUUID()}`;
    const answer = await orRegistryError(() => this.clients.of(registry).deleteManifest(tag.fullName, probe));
    if (answer === 'disabled') return 'disabled';
    if (answer !== 'not-by-tag') return 'untag';
    if (others.tags.length + others.indexes.length === 0) return 'digest';
    return moveShared ? 'move' : 'refused';
  }
}
