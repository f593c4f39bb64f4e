import { Inject, Injectable } from '@nestjs/common';
import { RegistryClients } from '#catalog/registry-clients.js';
import { AppError } from '#domain/errors/app-error.js';
import { isDigest } from '#domain/naming/repository-name.js';
import { ManifestsRepository, type ReferrerRow } from '#persistence/manifests.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { type SbomRow, ScanSbomsRepository } from '#persistence/scan-sboms.repository.js';
import type { TagRow } from '#persistence/tags.repository.js';
import { RegistryError } from '#registry/errors.js';
import type { Person } from '../http/access.js';
import { TagsService } from '../tags/tags.service.js';
import { layerOfArtifact } from './artifact-layer.js';

const MAX_REFERRERS = 1_000;
/** Bytes of an SBOM that is read from a registry. */
const MAX_SBOM_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

export interface SbomFile {
  body: Buffer;
  mediaType: string;
}

/** SBOMs of an image: those that scanners made, and those that somebody attached to it in the registry. */
@Injectable()
export class SbomsService {
  constructor(
    @Inject(TagsService) private readonly tags: TagsService,
    private readonly sboms: ScanSbomsRepository,
    private readonly manifests: ManifestsRepository,
    private readonly registries: RegistriesRepository,
    private readonly clients: RegistryClients,
  ) {}

  async list(person: Person, id: number): Promise<{ made: SbomRow[]; attached: ReferrerRow[] }> {
    const tag = await this.tags.get(person, id);
    return { made: await this.sboms.of(tag), attached: await this.attachedTo(tag) };
  }

  /** @param key id of one that a scanner made, or digest of one that is attached */
  async read(person: Person, id: number, key: string): Promise<SbomFile> {
    const tag = await this.tags.get(person, id);
    const file = isDigest(key) ? await this.readAttached(tag, key) : await this.sboms.read(tag, Number(key));
    if (file === null) throw new AppError('not_found', 'Not found');
    return file;
  }

  private async attachedTo(tag: TagRow): Promise<ReferrerRow[]> {
    const referrers = await this.manifests.referrersOf(tag.repositoryId, tag.digest, MAX_REFERRERS);
    return referrers.filter(({ kind }) => kind === 'sbom');
  }

  /** What is read is what the digest in the manifest says, or nothing. */
  private async readAttached(tag: TagRow, digest: string): Promise<SbomFile | null> {
    const attached = await this.attachedTo(tag);
    const registry = await this.registries.find(tag.registryId);
    if (registry === null || !attached.some((one) => one.digest === digest)) return null;
    const client = this.clients.of(registry);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const manifest = await client.manifest(tag.fullName, digest, { signal });
      const layer = manifest.state === 'found' ? layerOfArtifact(manifest.body) : null;
      if (layer === null) return null;
      const body = await client.blob(tag.fullName, layer.digest, { maxBytes: MAX_SBOM_BYTES, signal });
      return { body, mediaType: layer.mediaType };
    } catch (error) {
      if (error instanceof RegistryError && error.code.endsWith('_UNKNOWN')) return null;
      if (error instanceof RegistryError && error.code === 'TOO_LARGE')
        throw new AppError('conflict', 'The SBOM is too large to be given', { cause: error });
      if (error instanceof RegistryError || signal.aborted)
        throw new AppError('unavailable', 'The registry does not give the SBOM', { cause: error, retryable: true });
      throw error;
    }
  }
}
