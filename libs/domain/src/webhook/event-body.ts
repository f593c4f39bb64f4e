import type { ContentType, EventFacts, WebhookFormat } from './webhook-events.js';

/** The body of a delivery, and its type. */
export interface EventBody {
  contentType: string;
  text: string;
}

/**
 * Writes an event as its receiver wants it. A form has one field, `payload`, with the JSON.
 *
 * @param source the name of this Portus
 */
export function eventBody(
  facts: EventFacts,
  format: WebhookFormat,
  contentType: ContentType,
  source: string,
): EventBody {
  if (format === 'cloudevents') {
    return {
      contentType: 'application/cloudevents+json; charset=utf-8',
      text: JSON.stringify(cloudEvent(facts, source)),
    };
  }
  const json = JSON.stringify(notification(facts));
  if (contentType === 'application/json') return { contentType: 'application/json', text: json };
  return { contentType, text: new URLSearchParams({ payload: json }).toString() };
}

/** Members of a registry's notification (distribution, "Notifications"), and `portus` with all that is known. */
function notification(facts: EventFacts): object {
  const { id, time, event, repository, registry, tag, digest, media_type: mediaType, size, actor } = facts;
  return {
    id,
    timestamp: time,
    action: event,
    target: { mediaType, size, length: size, digest, repository: repository.name, tag },
    request: { host: registry },
    actor: actor === null ? {} : { name: actor },
    source: { addr: registry },
    portus: detailsOf(facts),
  };
}

/** CloudEvents 1.0, "JSON Event Format", structured mode. */
function cloudEvent(facts: EventFacts, source: string): object {
  const { id, time, event, repository, tag, digest } = facts;
  return {
    specversion: '1.0',
    id,
    source: `https://${source}/namespaces/${facts.namespace.id}`,
    type: `portus.${event}.v1`,
    subject: tag === null ? `${repository.name}@${digest ?? ''}` : `${repository.name}:${tag}`,
    time,
    datacontenttype: 'application/json',
    data: detailsOf(facts),
  };
}

function detailsOf(facts: EventFacts): object {
  return {
    event: facts.event,
    namespace: facts.namespace,
    repository: facts.repository,
    registry: facts.registry,
    tag: facts.tag,
    digest: facts.digest,
    previous_digest: facts.previous_digest,
    media_type: facts.media_type,
    size: facts.size,
    actor: facts.actor,
    learned_from: facts.learned_from,
    ...(facts.event === 'scan' || facts.event === 'new_finding' ? { scan: facts.scan ?? null } : {}),
  };
}
