import { Injectable } from '@nestjs/common';
import { ScannersRepository } from '#persistence/scanners.repository.js';
import type { Degraded } from '#platform/health/check-health.js';

/** How the scanners are, as the workers that use them tell it. */
@Injectable()
export class ScannersHealth {
  constructor(private readonly scanners: ScannersRepository) {}

  /** Anybody may ask: what exactly is wrong with one stands in the worker's log. */
  async check(): Promise<string | Degraded> {
    const scanners = await this.scanners.enabled();
    if (scanners.length === 0) return 'no scanner configured; images are not scanned';
    const away = scanners.find((scanner) => scanner.problem !== null);
    if (away) return { degraded: `scanner ${away.name} can not be used`, since: away.checkedAt ?? new Date() };
    const named = scanners.map(({ name, demo, version, dataAt }) => {
      const data = dataAt === null ? '' : `, data of ${dataAt.toISOString().slice(0, 10)}`;
      return `${name}${version === null ? '' : ` ${version}`}${data}${demo ? ' (its findings are made up)' : ''}`;
    });
    return `images are scanned by ${named.join('; ')}`;
  }
}
