import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ConfigVersion, registryConfig } from '#administration/registry-config.js';
import { AppError } from '#domain/errors/app-error.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { KeyRing } from '#tokens/key-ring.js';
import { bundleOf, jwksOf } from '#tokens/published-key.js';
import { KEY_RING } from '#tokens/tokens.module.js';
import type { ConfigQuery } from './registry-config.dto.js';
import { RegistriesService } from './registries.service.js';

/** Where the registry finds what it trusts; as `portus registry config` has it. */
const BUNDLE = '/etc/registry/portus.pem';
const JWKS = '/etc/registry/portus.jwks.json';
/** Only a hash of the secret is stored: whoever has the secret puts it here. */
const SECRET_PLACE = 'WEBHOOK_SECRET';

/** The config.yml of a registry, for people who connect one by hand. */
@Injectable()
export class RegistryConfigService {
  constructor(
    private readonly registries: RegistriesService,
    @Inject(KEY_RING) private readonly keys: KeyRing,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Throws `conflict` for 2.8 where a key has no certificate: it knows keys by nothing else. */
  async config(id: number, query: ConfigQuery): Promise<{ config: string; files: { path: string; text: string }[] }> {
    const { hostname, externalHostname } = await this.registries.get(id);
    const trust = this.trust(query.version);
    const config = registryConfig({
      ...trust,
      version: query.version,
      service: externalHostname ?? hostname,
      portusUrl: query.portus_url,
      webhookUrl: query.webhook_url ?? query.portus_url,
      issuer: this.settings.machineFqdn,
      webhookSecret: SECRET_PLACE,
      httpSecret: randomBytes(32).toString('hex'),
      algorithms: [...new Set(this.keys.published.map(({ algorithm }) => algorithm))],
      tls: null,
      host: null,
      address: ':5000',
      storage: '/var/lib/registry',
    });
    return { config, files: await this.filesOf(trust) };
  }

  private trust(version: ConfigVersion): { bundle: string | null; jwks: string | null } {
    const bare = this.keys.published.some(({ certificates }) => certificates.length === 0);
    if (!bare) return { bundle: BUNDLE, jwks: null };
    if (version === '3') return { bundle: null, jwks: JWKS };
    throw new AppError('conflict', 'registry 2.8 knows keys by certificates only: set PORTUS_CERT_PATH');
  }

  private async filesOf({ bundle, jwks }: { bundle: string | null; jwks: string | null }) {
    const { published } = this.keys;
    return [
      ...(bundle === null ? [] : [{ path: bundle, text: bundleOf(published) }]),
      ...(jwks === null ? [] : [{ path: jwks, text: `${JSON.stringify(await jwksOf(published), null, 2)}\n` }]),
    ];
  }
}
