import { InvalidError } from '#domain/errors/app-error.js';
import { contentTypeProblem } from '#domain/webhook/webhook-input.js';
import type { WebhookInput } from '#persistence/webhooks.repository.js';
import type { Sealer } from '#platform/secrets/sealer.js';
import type { AddressGuard } from '#webhooks/address-guard.js';
import { SEALED } from '#webhooks/hook-request.js';
import { hookTarget } from '#webhooks/hook-target.js';
import type { WebhookFields } from './outgoing-webhooks.dto.js';

const NEW: Omit<WebhookInput, 'name' | 'url' | 'origin'> = {
  requestMethod: 'POST',
  contentType: 'application/json',
  format: 'portus',
  events: ['push', 'delete'],
  username: null,
  password: null,
  secret: null,
  enabled: false,
};

/**
 * A webhook as it is after the changes; `before` is null for a new one. Whoever sends it to another host does not get the
 * password that somebody entered for the former one: it has to be entered again. Throws InvalidError.
 */
export function webhookOf(
  fields: WebhookFields,
  before: WebhookInput | null,
  guard: AddressGuard,
  sealer: Sealer,
): WebhookInput {
  const target = targetOf(fields.url, before, guard);
  if (typeof target === 'string') throw new InvalidError({ url: [target] });
  const base = { ...NEW, name: new URL(target.url).host, ...before };
  const moved = before !== null && before.origin !== target.origin;
  const sealed = (given: string | null | undefined, kept: string | null, purpose: string): string | null => {
    if (given === undefined) return kept;
    return given ? sealer.seal(given, purpose) : null;
  };
  const input: WebhookInput = {
    name: fields.name || base.name,
    ...target,
    requestMethod: fields.request_method ?? base.requestMethod,
    contentType: fields.content_type ?? base.contentType,
    format: fields.format ?? base.format,
    events: fields.events ?? base.events,
    username: fields.username === undefined ? base.username : fields.username || null,
    password: sealed(fields.password, moved ? null : base.password, SEALED.password),
    secret: sealed(fields.secret, base.secret, SEALED.secret),
    enabled: fields.enabled ?? base.enabled,
  };
  const problem = contentTypeProblem({ format: input.format, content_type: input.contentType });
  if (problem !== null) throw new InvalidError({ content_type: [problem] });
  return input;
}

/** What is not changed may stay: also who may not be told any more can be disabled. */
function targetOf(
  url: string | undefined,
  before: WebhookInput | null,
  guard: AddressGuard,
): ReturnType<typeof hookTarget> {
  if (before !== null && (url === undefined || url === before.url)) return { url: before.url, origin: before.origin };
  return hookTarget(url ?? '', guard);
}
