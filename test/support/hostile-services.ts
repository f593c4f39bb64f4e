import { createHash } from 'node:crypto';
import { ClairScanner } from '#scanning/clair/clair.js';
import { HarborScanner } from '#scanning/harbor/harbor.js';
import type { Scanner } from '#scanning/scanner.js';
import { type FakeTrivy, type Play } from './fake-trivy.js';
import { HARBOR_SCHEMAS } from '../vectors/harbor-schemas.js';
import { checkedClair } from './clair-checked.js';
import { checked, OCI, OTHER } from './scanner-scene.js';
import { answerJson, HOSTILE, type ScannerStandIn, type StandInAnswer } from './scanner-stand-in.js';

/** What a scanner may do to us, whichever it is. */
export const MISDEEDS = ['hangs', 'lies about its type', 'floods', 'is cut short', 'is about another', 'dies'] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** A scanner whose behaviour can be chosen for each image; it finds CVE-2099-0002 in those that it is good to. */
export interface Tempered {
  /** @param timeout seconds */
  scanner(timeout: number): Scanner;
  /** null: it is good again. */
  temper(digest: string, misdeed: Misdeed | null): Promise<void>;
}

/** An image that the stand-in has in `team/app`, as a registry has it; returns its digest. */
export function serveImage(service: ScannerStandIn, word: string): string {
  const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const part = (digest: string) => ({ mediaType: 'application/octet-stream', digest, size: 1 });
  const config = part(digestOf(`config of ${word}`));
  const layers = [part(digestOf(`layer of ${word}`))];
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI, config, layers });
  const digest = digestOf(manifest);
  service.on(`GET /v2/team/app/manifests/${digest}`, (response) =>
    response.writeHead(200, { 'content-type': OCI, 'docker-content-digest': digest }).end(manifest),
  );
  return digest;
}

function hostile(misdeed: Misdeed, type: string, reportOf: (digest: string) => object): StandInAnswer {
  if (misdeed === 'hangs') return HOSTILE.silence;
  if (misdeed === 'lies about its type') return HOSTILE.html;
  if (misdeed === 'floods') return HOSTILE.flood(type);
  if (misdeed === 'is cut short') return HOSTILE.noJson(type);
  return misdeed === 'dies' ? HOSTILE.halfAnAnswer(type) : answerJson(200, type, reportOf(OTHER));
}

export function temperedClair(service: ScannerStandIn): Tempered {
  const type = 'application/vnd.clair.index_report.v1+json';
  const vulnerability = {
    updater: 'debian/updater',
    name: 'CVE-2099-0002',
    normalized_severity: 'High',
    repository: { id: 'r1' },
  };
  const reportOf = (digest: string) =>
    checkedClair('vulnerabilityReport', {
      manifest_hash: digest,
      packages: { p1: { id: 'p1', name: 'zlib', version: '1.2.13-1' } },
      distributions: {},
      environments: {},
      vulnerabilities: { v1: { id: 'v1', ...vulnerability } },
      package_vulnerabilities: { p1: ['v1'] },
    });
  const state = checkedClair('indexState', { state: 'aabbcc' });
  service.on('GET /indexer/api/v1/index_state', answerJson(200, 'application/json', state));
  service.on('POST /indexer/api/v1/index_report', (response, request) => {
    const { hash } = JSON.parse(request.body) as { hash: string };
    const indexed = checkedClair('indexReport', { manifest_hash: hash, state: 'IndexFinished', success: true });
    answerJson(201, type, indexed)(response, request);
  });
  return {
    scanner: (timeout) =>
      new ClairScanner({ server: service.url, matcher: null, key: null, issuer: 'portus', timeout, concurrency: 2 }),
    temper: async (digest, misdeed) =>
      service.on(
        `GET /matcher/api/v1/vulnerability_report/${digest}`,
        misdeed === null ? answerJson(200, type, reportOf(digest)) : hostile(misdeed, type, reportOf),
      ),
  };
}

export function temperedAdapter(service: ScannerStandIn): Tempered {
  const type = 'application/vnd.security.vulnerability.report; version=1.1';
  const reportOf = (digest: string) =>
    checked(HARBOR_SCHEMAS.report, {
      artifact: { repository: 'team/app', digest },
      vulnerabilities: [{ id: 'CVE-2099-0002', package: 'zlib', version: '1.2.13-1', severity: 'High' }],
    });
  const capabilities = [{ type: 'vulnerability', consumes_mime_types: [OCI], produces_mime_types: [type] }];
  const metadata = checked(HARBOR_SCHEMAS.metadata, { scanner: { name: 'Stand-in', version: '1' }, capabilities });
  service.on('GET /api/v1/metadata', answerJson(200, 'application/json', metadata));
  service.on('POST /api/v1/scan', (response, request) => {
    const { artifact } = JSON.parse(request.body) as { artifact: { digest: string } };
    answerJson(202, 'application/json', { id: artifact.digest })(response, request);
  });
  return {
    scanner: (timeout) =>
      new HarborScanner({ name: 'stand-in', url: service.url, auth: null, sbom: false, timeout, concurrency: 2 }),
    temper: async (digest, misdeed) =>
      service.on(
        `GET /api/v1/scan/${encodeURIComponent(digest)}/report`,
        misdeed === null ? answerJson(200, type, reportOf(digest)) : hostile(misdeed, type, reportOf),
      ),
  };
}

const PLAYED: Readonly<Record<Misdeed, Play>> = {
  hangs: 'hangs',
  'lies about its type': 'aPage',
  floods: 'flood',
  'is cut short': 'cutShort',
  'is about another': 'aboutAnother',
  dies: 'dies',
};

export function temperedTrivy(trivy: FakeTrivy): Tempered {
  return {
    scanner: (timeout) => trivy.scanner({ timeout, concurrency: 2 }),
    temper: (digest, misdeed) => trivy.plays(misdeed === null ? 'good' : PLAYED[misdeed], digest),
  };
}
