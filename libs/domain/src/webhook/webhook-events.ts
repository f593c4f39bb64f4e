/**
 * What is told to other systems. push: an image got a tag, or was pushed again. tag_moved: a tag has another image than
 * before (the push is told too). delete: a tag is gone. scan: the scanners have finished with an image, well or not.
 * new_finding: a scan found something bad in an image that was not known of it.
 */
export const WEBHOOK_EVENTS = ['push', 'delete', 'tag_moved', 'scan', 'new_finding'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** As in Portus. */
export const REQUEST_METHODS = ['GET', 'POST'] as const;
export const CONTENT_TYPES = ['application/json', 'application/x-www-form-urlencoded'] as const;
export type RequestMethod = (typeof REQUEST_METHODS)[number];
export type ContentType = (typeof CONTENT_TYPES)[number];

/** portus: shaped like a registry's notification, as Portus sent it. cloudevents: CloudEvents 1.0, structured mode. */
export const WEBHOOK_FORMATS = ['portus', 'cloudevents'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** waiting: to be sent, or sent again. delivered: answered with a 2xx. dead: given up; it can be sent again by hand. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What happened, as it is kept until it is delivered: nothing in it depends on who is told. */
export interface EventFacts {
  /** Of the event; the same in every delivery of it. A UUID. */
  id: string;
  event: WebhookEvent;
  /** RFC 3339. */
  time: string;
  namespace: { id: number; name: string };
  repository: { id: number; name: string };
  /** host[:port] by which clients reach the registry. */
  registry: string;
  tag: string | null;
  digest: string | null;
  /** What the tag had before; null: nothing, or the same. */
  previous_digest: string | null;
  media_type: string | null;
  /** Bytes. */
  size: number | null;
  /** Name of the user; null: not known. */
  actor: string | null;
  /** event: a notification told of it. sync: a reconciliation found it. */
  learned_from: 'event' | 'sync';
  /** Of `scan` and `new_finding`: what the scanner said. */
  scan?: Record<string, unknown> | null;
}
