import { generateKeyPairSync } from 'node:crypto';
import { loadSettings } from '#platform/config/settings.js';
import { createLogger } from '#platform/logging/logger.js';
import { connectQueues } from '#queues/queue-backend.js';
import { loadSigningKey } from '#tokens/signing-key.js';
import { createApi } from '../http/create-app.js';
import { openApiDocument } from './document.js';

/**
 * Prints the OpenAPI document. Builds the application in preview mode: no database, no Redis, and it fails on broken
 * wiring.
 */
const { settings } = loadSettings({
  DATABASE_URL: 'postgres://preview',
  PORTUS_KEY_PATH: 'preview',
  PORTUS_SECRET_KEY_BASE: 'preview'.repeat(5),
  PORTUS_PASSWORD: 'preview-only',
  PORTUS_LOG_LEVEL: 'fatal',
});
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signing = loadSigningKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), null, new Date());
const queues = connectQueues('producer', settings, () => undefined);
const logger = createLogger('portus-openapi', settings.logLevel);
const app = await createApi(
  { settings, logger, queues, keys: { signing, published: [], warnings: [] } },
  { preview: true },
);
process.stdout.write(`${JSON.stringify(openApiDocument(app), null, 2)}\n`, () => process.exit(0));
