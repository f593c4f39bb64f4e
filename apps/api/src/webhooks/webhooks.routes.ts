import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RawBody } from '../http/read-body.js';
import { retryAfterOf } from '../http/retry-after.js';
import { sendWireError } from '../http/wire-errors.js';
import { wireScope } from '../http/wire-scope.js';
import type { WebhookRecord } from './webhook-record.js';
import type { WebhooksService } from './webhooks.service.js';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const EMPTY: RawBody = { bytes: Buffer.alloc(0), tooLarge: false };

type Speaker = FastifyRequest & { registryId?: number };

/**
 * `POST /v2/webhooks/events`: 401 for a wrong secret, before the body is read; 503 when nothing could be stored;
 * otherwise 202 whatever the body holds, because a 4xx would block that registry's queue for ever.
 */
export function webhookRoutes(fastify: FastifyInstance, service: WebhooksService, record: WebhookRecord): void {
  wireScope(fastify, MAX_BODY_BYTES, (scope) => {
    scope.post('/v2/webhooks/events', {
      onRequest: async (request: Speaker, reply) => {
        try {
          const registryId = await service.registryOf(request.headers.authorization);
          if (registryId === null) {
            reply.header('www-authenticate', 'Bearer realm="Portus"');
            return await sendWireError(reply, 401, 'UNAUTHORIZED', 'wrong or missing secret');
          }
          request.registryId = registryId;
          // The body is read as bytes whatever it is called; a name that is none must not become a 415.
          request.raw.headers['content-type'] = 'application/octet-stream';
        } catch (error) {
          request.log.error({ requestId: request.id, err: error }, 'the secret of a notification could not be checked');
          return sendNotStored(reply, error);
        }
      },
      onResponse: (_, reply, done) => {
        record.answered(reply.statusCode, reply.elapsedTime / 1000);
        done();
      },
      handler: async (request: Speaker, reply) => {
        try {
          await service.take(request.registryId!, (request.body as RawBody | undefined) ?? EMPTY, request.id);
        } catch (error) {
          request.log.error({ requestId: request.id, err: error }, 'a notification could not be stored');
          return sendNotStored(reply, error);
        }
        return reply.code(202).send();
      },
    });
  });
}

/** The registry keeps the notification and sends it again; its own back-off decides when. */
function sendNotStored(reply: FastifyReply, error: unknown): FastifyReply {
  reply.header('retry-after', String(retryAfterOf(error)));
  return sendWireError(reply, 503, 'UNAVAILABLE', 'the notification could not be stored');
}
