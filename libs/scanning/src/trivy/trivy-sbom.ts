import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sbom } from '../finding.js';
import { runGuarded } from '../guarded-process.js';
import { trivyEnvironment, type TrivySettings } from './trivy-settings.js';

/** A longer document is left out. */
export const MAX_SBOM_BYTES = 32 * 1024 * 1024;

/**
 * A report of Trivy that lies in a folder of its own while it is made, for Trivy to make an SBOM of it: what is in the image is
 * in the report, so nothing has to be read from the registry again. Where there is no room for it there is no SBOM, but a
 * verdict all the same.
 */
export class KeptReport {
  private isWhole = true;

  private constructor(
    private readonly folder: string,
    private readonly path: string,
    private readonly file: number,
  ) {}

  /** null: nothing can be written to the folder of temporary files. */
  static make(): KeptReport | null {
    let folder: string | null = null;
    try {
      folder = mkdtempSync(join(tmpdir(), 'portus-trivy-'));
      const path = join(folder, 'report.json');
      return new KeptReport(folder, path, openSync(path, 'wx', 0o600));
    } catch {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
      return null;
    }
  }

  /** Whoever writes bounds how much. */
  write(chunk: Buffer): void {
    try {
      for (let written = 0; this.isWhole && written < chunk.length;) written += writeSync(this.file, chunk, written);
    } catch {
      this.isWhole = false;
    }
  }

  /** null: Trivy makes none of it. Throws only when the signal is aborted. */
  async sbom(settings: TrivySettings, signal: AbortSignal): Promise<Sbom | null> {
    if (!this.isWhole) return null;
    const chunks: Buffer[] = [];
    let bytes = 0;
    const onOutput = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > MAX_SBOM_BYTES) throw new Error('the SBOM is too long');
      chunks.push(chunk);
    };
    try {
      const args = ['convert', '--quiet', '--format', 'cyclonedx', this.path];
      const env = trivyEnvironment(settings, process.env);
      const { code } = await runGuarded({ command: settings.command, args, env, signal, onOutput });
      return code === 0 ? withoutFindings(Buffer.concat(chunks)) : null;
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async remove(): Promise<void> {
    closeSync(this.file);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What is in an image stays true, what is known of it does not: findings have their own place, with a date. */
function withoutFindings(body: Buffer): Sbom | null {
  const document = JSON.parse(body.toString('utf8')) as Record<string, unknown> | null;
  if (document?.['bomFormat'] !== 'CycloneDX') return null;
  delete document['vulnerabilities'];
  return {
    format: 'cyclonedx',
    mediaType: 'application/vnd.cyclonedx+json',
    body: Buffer.from(JSON.stringify(document)),
  };
}
