import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import type { ScanPriority } from '#domain/scan/scan-state.js';
import { ActivitiesRepository, type By, type NewActivity } from '#persistence/activities.repository.js';
import { Database } from '#persistence/database.js';
import { ScanFindingsRepository } from '#persistence/scan-findings.repository.js';
import { ScanQueueRepository } from '#persistence/scan-queue.repository.js';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import { TagsRepository } from '#persistence/tags.repository.js';
import { Doorbell } from '#queues/doorbell.js';
import type { Person } from '../http/access.js';
import { viewerOf } from '../http/viewer.js';

/** Tags of a repository that are scanned again by one request. */
const FIRST_TAGS = { skip: 0, take: 1_000, sort: 'id', order: 'DESC' } as const;

/** What the requests need of the tables. */
@Injectable()
export class ScanRequestsStore {
  constructor(
    readonly tags: TagsRepository,
    readonly findings: ScanFindingsRepository,
    readonly queue: ScanQueueRepository,
    readonly scanners: ScannersRepository,
    readonly activities: ActivitiesRepository,
  ) {}
}

/** New scans that people ask for. */
@Injectable()
export class ScanRequestsService {
  constructor(
    private readonly store: ScanRequestsStore,
    private readonly database: Database,
    @Inject(Doorbell) private readonly doorbell: Doorbell,
  ) {}

  async all(by: By): Promise<void> {
    await this.refuseWithoutScanner();
    const subject = { subjectType: 'scanner', subjectId: null, subjectName: 'all images' } as const;
    await this.database.transaction(async (sql) => {
      await this.store.scanners.askForAll(sql);
      await this.store.activities.record(by, { key: 'scan.request', ...subject }, sql);
    });
    this.doorbell.ring('security-scan');
  }

  /** The image of one tag, before everything else. */
  async tag(person: Person, by: By, id: number): Promise<void> {
    const tag = await this.store.tags.find(viewerOf(person), id);
    if (tag === null) throw new AppError('not_found', 'Not found');
    const { registryId, digest, fullName, name, teamId, namespaceId } = tag;
    const subject = { subjectType: 'tag', subjectId: id, subjectName: `${fullName}:${name}` } as const;
    await this.request([{ registryId, digest }], 'demand', by, {
      key: 'scan.request',
      ...subject,
      teamId,
      namespaceId,
    });
  }

  /** All images of a repository. */
  async repository(person: Person, by: By, id: number): Promise<void> {
    const { items: tags } = await this.store.tags.ofRepository(viewerOf(person), id, FIRST_TAGS);
    const [first] = tags;
    if (first === undefined) throw new AppError('not_found', 'Not found');
    const { fullName, teamId, namespaceId } = first;
    const subject = { subjectType: 'repository', subjectId: id, subjectName: fullName } as const;
    await this.request(tags, 'push', by, { key: 'scan.request', ...subject, teamId, namespaceId });
  }

  /** What one scan is about, before everything else. */
  async target(by: By, { targetId, digest }: { targetId: string; digest: string }): Promise<void> {
    const subject = { subjectType: 'scanner', subjectId: null, subjectName: digest } as const;
    await this.requestTargets([targetId], 'demand', by, { key: 'scan.request', ...subject });
  }

  private async request(
    images: readonly { registryId: number; digest: string }[],
    priority: ScanPriority,
    by: By,
    activity: NewActivity,
  ): Promise<void> {
    const digests = new Map(images.map(({ registryId, digest }) => [digest, { registryId, digest }]));
    const targets: string[] = [];
    for (const image of digests.values()) targets.push(...(await this.store.findings.targetsOf(image)));
    await this.requestTargets([...new Set(targets)], priority, by, activity);
  }

  private async requestTargets(
    targets: readonly string[],
    priority: ScanPriority,
    by: By,
    activity: NewActivity,
  ): Promise<void> {
    await this.refuseWithoutScanner();
    await this.database.transaction(async (sql) => {
      await this.store.queue.request(targets, priority, sql);
      await this.store.activities.record(by, activity, sql);
    });
    this.doorbell.ring('security-scan');
  }

  private async refuseWithoutScanner(): Promise<void> {
    const scanners = await this.store.scanners.enabled();
    if (scanners.length === 0) throw new AppError('unavailable', 'no scanner configured; images are not scanned');
  }
}
