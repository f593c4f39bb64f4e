import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ScanError, type Scanner, type ScanTarget } from '#scanning/scanner.js';
import { HOSTILE, ScannerStandIn, type StandInAnswer } from './scanner-stand-in.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

/** What a stand-in says, and what is said to it, is held against the published documents. */
export function checked<T>(schema: object, value: T): T {
  if (!ajv.validate(schema, value)) throw new Error(`against the published document: ${ajv.errorsText()}`);
  return value;
}

export const LAYERS = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`);
export const OCI = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'c'.repeat(64)}`, size: 1 },
  layers: LAYERS.map((digest) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 10 })),
});
export const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
export const OTHER = `sha256:${'d'.repeat(64)}`;
export const DATA_AT = '2026-11-01T10:00:00Z';

/** A stand-in that also has the image in `team/app`, as a registry has it. */
export async function startScene(): Promise<ScannerStandIn> {
  const service = await ScannerStandIn.start();
  service.on(`GET /v2/team/app/manifests/${DIGEST}`, (response) =>
    response.writeHead(200, { 'content-type': OCI, 'docker-content-digest': DIGEST }).end(MANIFEST),
  );
  return service;
}

/** Has the image of the scene scanned. */
export async function scanAt(registryUrl: string, sut: Scanner, signal = AbortSignal.timeout(30_000)) {
  const platform = { os: 'linux', architecture: 'amd64', variant: null };
  const target: ScanTarget = {
    registryUrl,
    repository: 'team/app',
    digest: DIGEST,
    mediaType: OCI,
    platform,
    size: 20,
  };
  return sut.scan({ target, pullToken: async () => 'for-this-one', signal });
}

/** How scanning the image of the scene fails. */
export async function failureAt(registryUrl: string, sut: Scanner): Promise<{ kind: string; message: string }> {
  const error = await scanAt(registryUrl, sut).then(
    (outcome) => outcome,
    (problem: unknown) => problem,
  );
  if (!(error instanceof ScanError)) throw new Error(`no ScanError: ${String(error)} ${JSON.stringify(error)}`);
  return { kind: error.kind, message: error.message };
}

/** What each kind of scanner must survive, wherever its report should be. */
export const TROUBLES: [string, (type: string) => StandInAnswer, { kind: string; message: RegExp }][] = [
  ['is silent', () => HOSTILE.silence, { kind: 'failed', message: /did not answer within|took longer/ }],
  ['answers with a page', () => HOSTILE.html, { kind: 'failed', message: /text\/html|another kind of report/ }],
  ['answers with broken JSON', HOSTILE.noJson, { kind: 'failed', message: /broken JSON/ }],
  ['answers with 200 MB', HOSTILE.flood, { kind: 'refused', message: /longer than 48 MiB/ }],
  ['dies in the middle', HOSTILE.halfAnAnswer, { kind: 'failed', message: /broke its answer off/ }],
  ['sends us elsewhere', () => HOSTILE.redirect('http://127.0.0.1:1/'), { kind: 'failed', message: /307/ }],
  ['is overloaded', () => (response) => response.writeHead(503).end(), { kind: 'away', message: /503/ }],
  ['does not let us in', () => (response) => response.writeHead(401).end(), { kind: 'away', message: /401/ }],
];
