import { Controller, Get, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { CurrentUser, Decided, type Person } from '../http/access.js';
import { Answers } from '../http/answers.js';
import { idParam } from '../http/id-param.js';
import { type ExportFormat, EXPORTS, ScanExportsService } from './scan-exports.service.js';

const FORMATS = Object.keys(EXPORTS) as [ExportFormat, ...ExportFormat[]];
const exportQuery = z.object({ format: z.enum(FORMATS).default('json') });

@ApiTags('vulnerabilities')
@Controller('api/v1/tags/:id')
export class ScanExportsController {
  constructor(private readonly exports: ScanExportsService) {}

  /** All that was found in the image as a file: `csv`, `json`, `sarif` (2.1.0) or `vex` (CycloneDX 1.6). */
  @Get('vulnerabilities/export')
  @Decided()
  @ApiProduces(...FORMATS.map((format) => EXPORTS[format].type))
  @Answers(z.union([z.string(), z.looseObject({})]), { also: [404, 409] })
  async export(
    @CurrentUser() person: Person,
    @Param('id', { schema: idParam }) id: number,
    @Query({ schema: exportQuery }) { format }: z.output<typeof exportQuery>,
  ): Promise<StreamableFile> {
    const { body, type, name } = await this.exports.write(person, id, format);
    return new StreamableFile(body, { type, disposition: `attachment; filename="${name}"` });
  }
}
