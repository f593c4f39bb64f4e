import { Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import type { ReferrerRow } from '#persistence/manifests.repository.js';
import type { SbomRow } from '#persistence/scan-sboms.repository.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { SbomsService } from './sboms.service.js';

/** `key`: names it in its path. `digest`: what it describes: the image, or a platform of it. */
const sbomView = z
  .object({
    key: z.string(),
    origin: z.enum(['scanner', 'attached']),
    scanner: z.string().nullable(),
    digest: z.string(),
    media_type: z.string(),
    size: z.number().nullable(),
    created_at: z.string().nullable(),
  })
  .meta({ id: 'Sbom' });
type SbomView = z.output<typeof sbomView>;

const sbomKey = z.string().regex(/^(\d{1,15}|sha256:[0-9a-f]{64})$/, 'must be the key of an SBOM');

@ApiTags('vulnerabilities')
@Controller('api/v1/tags/:id/sboms')
export class SbomsController {
  constructor(private readonly sboms: SbomsService) {}

  /** What is known to be inside of the image: SBOMs that scanners made, and those attached to it in the registry. */
  @Get()
  @Decided()
  @Answers(z.array(sbomView), { also: [404] })
  async list(@CurrentUser() person: Person, @Param('id', { schema: idParam }) id: number): Promise<SbomView[]> {
    const { made, attached } = await this.sboms.list(person, id);
    return [...made.map(viewMade), ...attached.map(viewAttached)];
  }

  /** The document itself, as the scanner or whoever attached it wrote it. */
  @Get(':key')
  @Decided()
  @ApiProduces('application/vnd.cyclonedx+json', 'application/spdx+json', 'application/octet-stream')
  @Answers(z.union([z.string(), z.looseObject({})]), { also: [404, 409, 503] })
  async read(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Param('key', { schema: sbomKey }) key: string,
  ): Promise<StreamableFile> {
    const { body, mediaType } = await this.sboms.read(person, id, key);
    return new StreamableFile(body, { type: mediaType, disposition: 'attachment; filename="sbom.json"' });
  }
}

function viewMade({ id, scanner, digest, mediaType, size, createdAt }: SbomRow): SbomView {
  const created_at = createdAt.toISOString();
  return { key: id, origin: 'scanner', scanner, digest, media_type: mediaType, size, created_at };
}

function viewAttached({ digest: key, describes: digest, artifactType, mediaType, size }: ReferrerRow): SbomView {
  const media_type = artifactType ?? mediaType;
  return { key, origin: 'attached', scanner: null, digest, media_type, size, created_at: null };
}
