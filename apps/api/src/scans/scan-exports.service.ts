import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { type FindingRow, ScanFindingsRepository, type VerdictRow } from '#persistence/scan-findings.repository.js';
import type { Person } from '../http/access.js';
import { TagsService } from '../tags/tags.service.js';
import type { ExportedImage } from './exports/exported-image.js';
import { toCsv } from './exports/to-csv.js';
import { toSarif } from './exports/to-sarif.js';
import { toVex } from './exports/to-vex.js';
import { viewFinding, viewScannerVerdict } from './scans.dto.js';

/** What is exported, with all that the API shows of it. */
type Image = ExportedImage & { findings: FindingRow[]; verdicts: VerdictRow[] };

/** As many as two full reports have; nobody reads more. */
const MAX_FINDINGS = 40_000;

export const EXPORTS = {
  csv: { type: 'text/csv', extension: 'csv', write: toCsv },
  json: { type: 'application/json', extension: 'json', write: (image: Image) => asJson(image) },
  sarif: { type: 'application/sarif+json', extension: 'sarif', write: (image: Image) => text(toSarif(image)) },
  vex: {
    type: 'application/vnd.cyclonedx+json',
    extension: 'cdx.json',
    write: (image: Image) => text(toVex(image, randomUUID(), new Date())),
  },
} as const;
export type ExportFormat = keyof typeof EXPORTS;

/** What was found in an image, as a file. */
@Injectable()
export class ScanExportsService {
  constructor(
    @Inject(TagsService) private readonly tags: TagsService,
    private readonly findings: ScanFindingsRepository,
  ) {}

  /** Throws `conflict` without a verdict: a file without findings would say that there are none. */
  async write(person: Person, id: number, format: ExportFormat): Promise<{ body: Buffer; type: string; name: string }> {
    const tag = await this.tags.get(person, id);
    const { verdictAt, digest, fullName: repository, registryHostname: registry, name } = tag;
    if (verdictAt === null)
      throw new AppError('conflict', `There is no verdict of this image: ${tag.scanReason ?? tag.scanState}`);
    const verdicts = await this.findings.verdicts(tag);
    const { items: findings } = await this.findings.page(tag, {}, 0, MAX_FINDINGS + 1);
    if (findings.length > MAX_FINDINGS) throw new AppError('conflict', `It has more than ${MAX_FINDINGS} findings`);
    const { type, extension, write } = EXPORTS[format];
    const body = Buffer.from(write({ registry, repository, tag: name, digest, verdictAt, verdicts, findings }));
    const [, hex = digest] = digest.split(':');
    return { body, type, name: `vulnerabilities-${hex.slice(0, 12)}.${extension}` };
  }
}

const text = (document: object): string => JSON.stringify(document, null, 2);

function asJson({ findings, verdicts, verdictAt, ...image }: Image): string {
  const scanners = verdicts.map(viewScannerVerdict);
  return text({ ...image, verdict_at: verdictAt.toISOString(), scanners, vulnerabilities: findings.map(viewFinding) });
}
