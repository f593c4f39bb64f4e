import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { AppError } from '#domain/errors/app-error.js';
import { isImageConfig, isIndex } from '#domain/manifest/media-types.js';
import { type Layer, parseLayers } from '#domain/manifest/parse-layers.js';
import { parseManifest } from '#domain/manifest/parse-manifest.js';
import { ManifestsRepository } from '#persistence/manifests.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import type { RegistryClient } from '#registry/registry-client.js';
import { RegistryError } from '#registry/errors.js';
import type { Person } from '../http/access.js';
import { orRegistryError } from '../http/registry-errors.js';
import { TagsService } from './tags.service.js';

/** Bytes of a configuration; of larger ones the steps are not told. */
const MAX_CONFIG_BYTES = 4 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Which image it is, and what it consists of. */
export interface Layers {
  digest: string;
  layers: Layer[];
}

/** What images consist of. It is read from the registry when somebody looks: nothing else needs it. */
@Injectable()
export class TagLayersService {
  constructor(
    @Inject(TagsService) private readonly tags: TagsService,
    private readonly manifests: ManifestsRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
  ) {}

  /** @param platform digest of an image that the index lists; without it the first one is told of */
  async of(person: Person, id: number, platform: string | undefined): Promise<Layers> {
    const tag = await this.tags.get(person, id);
    const digest = await this.imageOf(id, platform);
    const registry = await this.registries.find(tag.registryId);
    if (registry === null || digest === null) throw new AppError('not_found', 'Not found');
    const client = this.clients.of(registry);
    const layers = await orRegistryError(() => inTime((signal) => read(client, tag.fullName, digest, signal)));
    if (layers === null) throw new AppError('not_found', 'Not found');
    return { digest, layers };
  }

  /** Only what the tag names is read: a digest may be of a repository that this person may not pull from. */
  private async imageOf(id: number, platform: string | undefined): Promise<string | null> {
    const row = await this.manifests.ofTag(id);
    if (row === null) return null;
    if (!isIndex(row.mediaType)) return platform === undefined || platform === row.digest ? row.digest : null;
    const images = row.children.filter((child) => child.os !== 'unknown' && !isIndex(child.mediaType));
    return images.find((child) => platform === undefined || child.digest === platform)?.digest ?? null;
  }
}

async function read(
  client: RegistryClient,
  repository: string,
  digest: string,
  signal: AbortSignal,
): Promise<Layer[] | null> {
  const answer = await client.manifest(repository, digest, { signal });
  if (answer.state !== 'found') return null;
  try {
    const { configDigest, configMediaType } = parseManifest(digest, answer.mediaType, answer.body);
    const config = configDigest !== null && isImageConfig(configMediaType) ? configDigest : null;
    return parseLayers(answer.body, config === null ? null : await configOf(client, repository, config, signal));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** A registry that is slow is no worse than one that is away. */
async function inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted) throw new AppError('unavailable', 'the registry is too slow', { cause: error });
    throw error;
  }
}

/** null where the registry does not have it, or it is too large. */
async function configOf(client: RegistryClient, repository: string, digest: string, signal: AbortSignal) {
  try {
    return await client.blob(repository, digest, { maxBytes: MAX_CONFIG_BYTES, signal });
  } catch (error) {
    if (error instanceof RegistryError && !error.temporary) return null;
    throw error;
  }
}
