import { Inject, Injectable } from '@nestjs/common';
import { AppError, InvalidError } from '#domain/errors/app-error.js';
import type { By } from '#persistence/activities.repository.js';
import type { DeletionRow } from '#persistence/deletions.repository.js';
import { RetentionRulesRepository } from '#persistence/retention-rules.repository.js';
import { type TagRow, TagsRepository } from '#persistence/tags.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { requireActionOn, viewerOf } from '../http/viewer.js';
import { DeletionPlaces } from './deletion-places.js';
import { DeletionRecorder } from './deletion-recorder.js';
import type { PlacePreview, TagsDeletion } from './deletions.dto.js';

/** Immutable tags that are named when they stand in the way. */
const NAMED = 50;

/** Asks for deletions that take their time; workers do them. */
@Injectable()
export class DeletionRequestsService {
  constructor(
    private readonly tags: TagsRepository,
    private readonly places: DeletionPlaces,
    private readonly rules: RetentionRulesRepository,
    private readonly recorder: DeletionRecorder,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** All of them, or none: each must be there, visible, deletable by the person, and not immutable. */
  async ofTags(person: Person, by: By, input: TagsDeletion): Promise<DeletionRow> {
    const ids = [...new Set(input.tags)];
    const rows = await this.tags.findAll(viewerOf(person), ids);
    if (rows.length < ids.length) throw new AppError('not_found', 'Not found');
    for (const row of rows) requireActionOn(person, 'delete', row, policyOptions(this.settings));
    await this.refuseImmutable(rows);
    const items = rows.map(({ registryId, fullName, name, digest }) => {
      return { registryId, fullName, tag: name, digest, because: null };
    });
    const moveShared = input.move_shared ?? this.settings.deleteMoveShared;
    const name = rows.length === 1 ? `${rows[0]!.fullName}:${rows[0]!.name}` : `${rows.length} tags`;
    return this.recorder.record(by, { kind: 'tags', name, moveShared }, items, null);
  }

  async ofRepository(person: Person, by: By, id: number): Promise<DeletionRow> {
    const place = await this.places.repository(person, id);
    await this.refuseHeld([place.namespaceId], id);
    const { registryId, fullName, teamId, namespaceId } = place;
    const made = { kind: 'repository', name: fullName, moveShared: false } as const;
    const items = [{ registryId, fullName, tag: null, digest: null, because: null }];
    const subject = { subjectType: 'repository', subjectId: id, subjectName: fullName } as const;
    return this.recorder.record(by, made, items, { key: 'repository.delete', ...subject, teamId, namespaceId });
  }

  async ofNamespace(person: Person, by: By, id: number): Promise<DeletionRow> {
    const place = await this.places.namespace(person, id);
    await this.refuseHeld([id], null);
    const made = { kind: 'namespace', name: place.name, namespaceId: id, moveShared: false } as const;
    const subject = { subjectType: 'namespace', subjectId: id, subjectName: place.name } as const;
    const activity = { key: 'namespace.delete', ...subject, teamId: place.teamId, namespaceId: id } as const;
    return this.recorder.record(by, made, null, activity);
  }

  /** With all of its namespaces, and the team last. Whoever calls this has made sure that the person may do so. */
  async ofTeam(by: By, { id, name }: { id: number; name: string }): Promise<DeletionRow> {
    await this.refuseHeld(await this.places.ofTeam(id), null);
    const subject = { subjectType: 'team', subjectId: id, subjectName: name, teamId: id } as const;
    const made = { kind: 'team', name, teamId: id, moveShared: false } as const;
    return this.recorder.record(by, made, null, { key: 'team.delete', ...subject });
  }

  async previewRepository(person: Person, id: number): Promise<PlacePreview> {
    const place = await this.places.repository(person, id);
    const immutable = await this.rules.protectedTags([place.namespaceId], id, NAMED);
    return { name: place.fullName, repositories: 1, tags: place.tagsCount, immutable };
  }

  async previewNamespace(person: Person, id: number): Promise<PlacePreview> {
    const place = await this.places.namespace(person, id);
    const { repositories, tags } = await this.places.countsOf([id]);
    return { name: place.name, repositories, tags, immutable: await this.rules.protectedTags([id], null, NAMED) };
  }

  async previewTeam({ id, name }: { id: number; name: string }): Promise<PlacePreview> {
    const namespaces = await this.places.ofTeam(id);
    const { repositories, tags } = await this.places.countsOf(namespaces);
    return { name, repositories, tags, immutable: await this.rules.protectedTags(namespaces, null, NAMED) };
  }

  private async refuseImmutable(rows: readonly TagRow[]): Promise<void> {
    const held: string[] = [];
    for (const { namespaceId, fullName, name } of rows)
      if (await this.rules.protecting(namespaceId, fullName, name)) held.push(`${fullName}:${name}`);
    refuse(held);
  }

  private async refuseHeld(namespaceIds: readonly number[], repositoryId: number | null): Promise<void> {
    refuse(await this.rules.protectedTags(namespaceIds, repositoryId, NAMED));
  }
}

function refuse(held: readonly string[]): void {
  if (held.length > 0) throw new InvalidError({ tags: [`immutable by a rule of retention: ${held.join(', ')}`] });
}
