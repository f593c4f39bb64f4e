import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { isDigest } from '#domain/naming/repository-name.js';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { TagLayersService } from './tag-layers.service.js';

const layersQuery = z.object({
  platform: z
    .string()
    .max(256)
    .refine(isDigest, 'must be a digest')
    .optional()
    .describe('of an index: the digest of the image that is meant; default: the first'),
});

/** `created_by`: the step of the build, by the image's own word. `title`: the name of a file. Sizes are bytes. */
const layersView = z
  .object({
    digest: z.string(),
    layers: z.array(
      z.object({
        digest: z.string(),
        media_type: z.string(),
        size: z.number(),
        created_by: z.string().nullable(),
        title: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Layers' });

@ApiTags('tags')
@Controller('api/v1/tags/:id/layers')
export class TagLayersController {
  constructor(private readonly layers: TagLayersService) {}

  /** What the image consists of, as the registry tells it now, in the order in which it is put together. */
  @Get()
  @Decided()
  @Answers(layersView, { also: [404, 422, 503] })
  async get(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: layersQuery }) { platform }: z.output<typeof layersQuery>,
  ) {
    const { digest, layers } = await this.layers.of(person, id, platform);
    return {
      digest,
      layers: layers.map(({ mediaType, createdBy, ...rest }) => ({
        ...rest,
        media_type: mediaType,
        created_by: createdBy,
      })),
    };
  }
}
