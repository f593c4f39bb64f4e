import { z } from 'zod';
import type { ScannerFacts } from '../finding.js';
import { shown } from '../http/scanner-http.js';
import { ScanError } from '../scanner.js';

const names = z.array(z.string().max(300)).max(100);
/** Harbor's scanner adapter API 1.0 to 1.2, `ScannerAdapterMetadata` (goharbor/pluggable-scanner-spec). */
const metadata = z.object({
  scanner: z.object({ name: z.string().optional(), version: z.string().optional() }),
  capabilities: z
    .array(
      z.object({
        /** From 1.2; an adapter without it finds vulnerabilities. */
        type: z.string().optional(),
        consumes_mime_types: names,
        produces_mime_types: names,
        additional_attributes: z.object({ sbom_media_types: names.optional() }).nullish(),
      }),
    )
    .max(100),
  properties: z.record(z.string(), z.string()).nullish(),
});
type Metadata = z.output<typeof metadata>;

const REPORT_TYPES = [
  'application/vnd.security.vulnerability.report; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
];
export const SBOM_REPORT = 'application/vnd.security.sbom.report+json; version=1.0';
export const CYCLONEDX = 'application/vnd.cyclonedx+json';
const UPDATED_AT = 'harbor.scanner-adapter/vulnerability-database-updated-at';

/** What an adapter can do. */
export interface Adapter {
  facts: ScannerFacts;
  /** Whether its API knows kinds of capabilities (1.2). */
  isTyped: boolean;
  /** Media types of manifests that it looks at. */
  consumes: ReadonlySet<string>;
  /** The newest report that both of us know. */
  reportType: string;
  /** Whether it makes SBOMs in CycloneDX. */
  makesSbom: boolean;
}

/** Throws {@link ScanError} `away` for what is no adapter, or one whose reports we can not read. */
export function readAdapter(value: unknown): Adapter {
  const parsed = metadata.safeParse(value);
  if (!parsed.success) throw new ScanError('away', 'it does not tell what it can do, as scanner adapters do');
  const { capabilities } = parsed.data;
  const finds = capabilities.filter(({ type }) => type === undefined || type === 'vulnerability');
  const known = REPORT_TYPES.find((type) =>
    finds.some((one) => one.produces_mime_types.some((its) => same(its, type))),
  );
  if (known === undefined) throw new ScanError('away', 'it makes no report of vulnerabilities that Portus can read');
  const sbom = capabilities.find(({ type }) => type === 'sbom');
  const formats = sbom?.additional_attributes?.sbom_media_types ?? [];
  return {
    facts: factsOf(parsed.data),
    isTyped: capabilities.some(({ type }) => type !== undefined),
    consumes: new Set(finds.flatMap((one) => one.consumes_mime_types)),
    reportType: known,
    makesSbom: formats.includes(CYCLONEDX) && (sbom?.produces_mime_types ?? []).some((its) => same(its, SBOM_REPORT)),
  };
}

/** Whether two media types mean the same: spaces between their parts mean nothing. */
export function same(a: string, b: string): boolean {
  const plain = (type: string): string => type.toLowerCase().replaceAll(/\s+/g, '').replace(/;$/, '');
  return plain(a) === plain(b);
}

function factsOf({ scanner, properties }: Metadata): ScannerFacts {
  const told = Object.hasOwn(properties ?? {}, UPDATED_AT) ? properties![UPDATED_AT]! : '';
  const updated = new Date(told);
  const isDate = told !== '' && !Number.isNaN(updated.getTime());
  const version = shown([scanner.name, scanner.version].filter((part) => part).join(' ')).slice(0, 100);
  return {
    version: version === '' ? null : version,
    dataVersion: isDate ? updated.toISOString() : null,
    dataAt: isDate ? updated : null,
  };
}
