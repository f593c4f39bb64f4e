import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { House } from './house.js';

/** How the adapter is called in settings and verdicts. */
export const ADAPTER = 'bench';
const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const OCI = 'application/vnd.oci.image';

export interface AdapterOptions {
  /** Milliseconds that each scan takes. */
  scanMs: number;
  /** Of every image, the same ones. */
  findings: number;
}

/** A scanner of its own machine, as far as this one notices: it waits, and then has found something. */
export class BenchAdapter {
  private constructor(private readonly server: Server) {}

  static async start({ scanMs, findings }: AdapterOptions): Promise<BenchAdapter> {
    const vulnerabilities = Array.from({ length: findings }, (_, i) => ({
      id: `CVE-2099-${1_000 + i}`,
      package: `package-${i}`,
      version: '1.2.3',
      severity: 'High',
    }));
    const capabilities = [
      { type: 'vulnerability', consumes_mime_types: [`${OCI}.manifest.v1+json`], produces_mime_types: [REPORT] },
    ];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const json = (status: number, type: string, value: object): void =>
          void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(value));
        if (request.url === '/api/v1/metadata') return json(200, 'application/json', { scanner: {}, capabilities });
        if (request.method === 'POST') {
          const { artifact } = JSON.parse(Buffer.concat(chunks).toString()) as { artifact: { digest: string } };
          return json(202, 'application/json', { id: artifact.digest });
        }
        const digest = decodeURIComponent(request.url?.split('/')[4] ?? '');
        setTimeout(() => json(200, REPORT, { artifact: { digest }, vulnerabilities }), scanMs);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BenchAdapter(server);
  }

  /** What a worker that has so many scans done at a time is to have in its environment. */
  settings(concurrency: number): Record<string, string> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return { PORTUS_SECURITY_ADAPTERS: JSON.stringify([{ name: ADAPTER, url, concurrency, sbom: false }]) };
  }

  close(): void {
    this.server.close();
  }
}

/**
 * So many images that were pushed before, as the catalog has them, and nobody has looked at them yet. `planned`: it is known
 * what they are, so that a worker does not find out.
 */
export async function stockImages(house: House, count: number, planned: boolean): Promise<void> {
  const stock = `'sha256:' || encode(sha256(('stock' || i)::bytea), 'hex')`;
  await house.sql.query(
    `WITH place AS (
       INSERT INTO repositories (registry_id, namespace_id, name, full_name)
       SELECT registry_id, id, 'stock', 'stock' FROM namespaces WHERE kind = 'global' LIMIT 1 RETURNING id, registry_id),
     made AS (
       INSERT INTO manifests (repository_id, digest, media_type, config_media_type, size, manifest_size)
       SELECT p.id, ${stock}, '${OCI}.manifest.v1+json', '${OCI}.config.v1+json', 1, 1 FROM place p, generate_series(1, $1::int) i)
     INSERT INTO scan_targets (registry_id, digest, unplanned, state)
     SELECT p.registry_id, ${stock}, NOT $2::bool, CASE WHEN $2 THEN 'queued' ELSE 'none' END FROM place p, generate_series(1, $1::int) i`,
    [count, planned],
  );
}
