import { eventBody } from '#domain/webhook/event-body.js';
import type {
  ContentType,
  EventFacts,
  RequestMethod,
  WebhookEvent,
  WebhookFormat,
} from '#domain/webhook/webhook-events.js';
import type { Sealer } from '#platform/secrets/sealer.js';
import type { HookRequest } from './send.js';
import { signatureOf } from './signature.js';

/** What sealed texts are for. */
export const SEALED = { password: 'webhook password', secret: 'webhook secret', header: 'webhook header' } as const;

/** The part of a webhook that its requests are made of; password, secret and values of headers are sealed. */
export interface HookSettings {
  url: string;
  requestMethod: RequestMethod;
  contentType: ContentType;
  format: WebhookFormat;
  username: string | null;
  password: string | null;
  secret: string | null;
  headers: readonly { name: string; value: string }[];
}

const HIDDEN = '(hidden)';

/**
 * The request that tells a webhook of an event. Headers of the webhook come first: none of them can take the place of
 * ours. Throws UnsealError.
 *
 * @param source name of this Portus
 * @param now milliseconds
 */
export function hookRequest(
  hook: HookSettings,
  delivery: { uuid: string; event: WebhookEvent; facts: EventFacts },
  sealer: Sealer,
  source: string,
  now: number,
): HookRequest {
  const { contentType, text } = eventBody(delivery.facts, hook.format, hook.contentType, source);
  const headers: Record<string, string> = {};
  for (const { name, value } of hook.headers) headers[name.toLowerCase()] = sealer.unseal(value, SEALED.header);
  if (hook.username !== null) {
    const password = hook.password === null ? '' : sealer.unseal(hook.password, SEALED.password);
    headers['authorization'] = `Basic ${Buffer.from(`${hook.username}:${password}`).toString('base64')}`;
  }
  Object.assign(headers, {
    'content-type': contentType,
    'user-agent': 'Portus-Webhook/1',
    'accept-encoding': 'identity',
    'x-portus-event': delivery.event,
    'x-portus-delivery': delivery.uuid,
  });
  if (hook.secret !== null) {
    headers['x-portus-signature'] = signatureOf(sealer.unseal(hook.secret, SEALED.secret), text, now);
  }
  return { url: hook.url, method: hook.requestMethod, headers, body: text };
}

const OURS: ReadonlySet<string> = new Set([
  'content-type',
  'user-agent',
  'accept-encoding',
  'x-portus-event',
  'x-portus-delivery',
  'x-portus-signature',
]);

/** Headers as the log of deliveries shows them: what people entered is hidden. */
export function shownHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, OURS.has(name) ? value : HIDDEN]));
}
