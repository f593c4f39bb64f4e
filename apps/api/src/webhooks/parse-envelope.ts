import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BLOB_MEDIA_TYPE } from '#domain/manifest/media-types.js';
import { isStorableDate, wellFormed } from '#domain/manifest/storable.js';
import { isRepositoryName } from '#domain/naming/repository-name.js';
import type { NewEvent, NewPull } from '#persistence/inbox.repository.js';

/** What a notification's body is worth to us. */
export interface ParsedEnvelope {
  /** For the inbox; those with `rejected` set could not be understood and are kept as evidence. */
  events: NewEvent[];
  pulls: NewPull[];
  /** `source.instanceID`s that spoke. */
  instances: string[];
}

/** Events of one envelope that are looked at; registries send one. */
const MAX_EVENTS = 1_000;
const MAX_KEPT_BYTES = 4_096;

const text = (max: number) => z.string().max(max);
const optional = (max: number) => text(max).nullish().catch(null);

const eventSchema = z.object({
  id: text(256).min(1),
  timestamp: optional(64),
  action: text(64).min(1),
  target: z.object({
    mediaType: optional(256),
    digest: optional(512),
    repository: text(1024).min(1),
    tag: optional(512),
  }),
  request: z
    .object({ method: optional(32), addr: optional(256) })
    .nullish()
    .catch(null),
  actor: z
    .object({ name: optional(1024) })
    .nullish()
    .catch(null),
  source: z
    .object({ instanceID: optional(256) })
    .nullish()
    .catch(null),
});
type WireEvent = z.output<typeof eventSchema>;
// Made once: zod compiles a schema when it is first used.
const envelopeSchema = z.object({ events: z.array(z.unknown()).max(MAX_EVENTS) });
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of a notification (distribution, "Notifications"). Never throws: what can not be understood comes back
 * as rejected events, good events beside bad ones are kept. Dropped at the door: everything about blobs, pulls that are
 * no GET of a manifest, and pulls by `ownAccount`, which our own reads cause.
 */
export function parseEnvelope(bytes: Buffer, tooLarge: boolean, ownAccount: string): ParsedEnvelope {
  const result: ParsedEnvelope = { events: [], pulls: [], instances: [] };
  if (tooLarge) return reject(result, bytes, 'the body is larger than the cap');
  if (bytes.length === 0) return reject(result, bytes, 'the body is empty');
  const json = decode(bytes);
  if (json === undefined) return reject(result, bytes, 'the body is not JSON in UTF-8');
  const events = envelopeSchema.safeParse(json);
  if (!events.success) return reject(result, bytes, 'the body has no list of events');
  for (const one of events.data.events) takeEvent(one, bytes, ownAccount, result);
  return result;
}

function decode(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

function takeEvent(value: unknown, body: Buffer, ownAccount: string, result: ParsedEnvelope): void {
  const parsed = eventSchema.safeParse(value);
  const payload = textOf(value);
  if (payload === null) {
    reject(result, body, 'event: nested too deeply');
    return;
  }
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    reject(result, Buffer.from(payload), `event: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
    return;
  }
  const event = parsed.data;
  const instance = orNull(event.source?.instanceID);
  if (instance && !result.instances.includes(instance)) result.instances.push(instance);
  if (!isRepositoryName(event.target.repository)) reject(result, Buffer.from(payload), 'event: not a repository name');
  else if (event.action === 'pull') takePull(event, ownAccount, result);
  else if (event.action === 'push' || event.action === 'delete') takeChange(event, payload, result);
  else if (event.action !== 'mount') reject(result, Buffer.from(payload), 'event: unknown action');
}

/** Null for what is nested deeper than it could be written: it can be read, so it must not be sent for ever. */
function textOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return null;
  }
}

/** A GET is a pull. A HEAD by tag is none, but tells which tag a GET by digest behind it belongs to. */
function takePull(event: WireEvent, ownAccount: string, result: ParsedEnvelope): void {
  const { mediaType, repository, tag, digest } = event.target;
  const method = event.request?.method;
  if (!mediaType || mediaType === BLOB_MEDIA_TYPE || event.actor?.name === ownAccount) return;
  if (method !== 'GET' && (method !== 'HEAD' || !tag)) return;
  result.pulls.push({
    eventId: storable(event.id),
    method,
    repository,
    tag: orNull(tag),
    digest: orNull(digest),
    client: clientOf(event),
    pulledAt: timeOf(event),
  });
}

/** The same for all that one account asks from one address, whatever the port. */
function clientOf({ actor, request }: WireEvent): string {
  const address = (request?.addr ?? '').replace(/:\d+$/, '');
  return createHash('sha256')
    .update(JSON.stringify([actor?.name ?? '', address]))
    .digest('base64url')
    .slice(0, 16);
}

function timeOf(event: WireEvent): Date | null {
  const time = new Date(event.timestamp ?? '');
  return isStorableDate(time) ? time : null;
}

function takeChange(event: WireEvent, payload: string, result: ParsedEnvelope): void {
  // A delete carries no media type: a blob's looks like a manifest's, and both are looked at.
  if (event.action === 'push' && event.target.mediaType === BLOB_MEDIA_TYPE) return;
  result.events.push({
    eventId: storable(event.id),
    action: event.action,
    repository: event.target.repository,
    tag: orNull(event.target.tag),
    digest: orNull(event.target.digest),
    actor: orNull(event.actor?.name),
    occurredAt: timeOf(event),
    payload: kept(Buffer.from(payload)),
    rejected: null,
  });
}

/** The same unintelligible bytes, sent again by the registry's retry, are one row. */
function reject(result: ParsedEnvelope, bytes: Buffer, reason: string): ParsedEnvelope {
  result.events.push({
    eventId: `rejected:${createHash('sha256').update(bytes).digest('hex')}`,
    action: 'unknown',
    repository: '',
    tag: null,
    digest: null,
    actor: null,
    occurredAt: null,
    payload: kept(bytes),
    rejected: reason,
  });
  return result;
}

const kept = (bytes: Buffer): string => storable(bytes.subarray(0, MAX_KEPT_BYTES).toString('utf8'));
/** PostgreSQL's text can hold neither NUL nor lone surrogates. */
const storable = (value: string): string => wellFormed(value.replaceAll('\0', ''));
/** 3.x sends empty strings where 2.8 leaves a field out. */
const orNull = (value: string | null | undefined): string | null => (value ? storable(value) : null);
