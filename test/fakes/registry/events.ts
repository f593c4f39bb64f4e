import { randomUUID } from 'node:crypto';
import type { Flavour } from './store.js';

/** What a registry posts to its notification endpoint. */
export interface EventEnvelope {
  events: RegistryEvent[];
}

export interface RegistryEvent {
  id: string;
  timestamp: string;
  action: 'push' | 'pull' | 'mount' | 'delete';
  target: EventTarget;
  request: EventRequest;
  actor: { name?: string };
  source: { addr: string; instanceID: string };
}

export interface EventTarget {
  mediaType?: string;
  size?: number;
  digest?: string;
  length?: number;
  repository: string;
  fromRepository?: string;
  url?: string;
  tag?: string;
  references?: unknown[];
}

export interface EventRequest {
  id: string;
  addr: string;
  host: string;
  method: string;
  useragent: string;
}

/** What happened, before it is written down the way one of the two flavours does. */
export interface Happening {
  action: RegistryEvent['action'];
  repository: string;
  /** What was pushed, pulled or mounted. */
  content?: { mediaType: string; digest: string; size: number; references?: unknown[] };
  /** Of a deletion by digest. */
  deletedDigest?: string;
  tag?: string;
  fromRepository?: string;
}

/** Media type of the request that carries an envelope. */
export const EVENT_MEDIA_TYPES: Record<Flavour, string> = {
  '2.8': 'application/vnd.docker.distribution.events.v1+json',
  '3': 'application/vnd.docker.distribution.events.v2+json',
};

export const BLOB_MEDIA_TYPE = 'application/octet-stream';

/** One event, with the members and the absences of the flavour. */
export function describeHappening(
  flavour: Flavour,
  happening: Happening,
  facts: { request: EventRequest; actor: string; instanceID: string; now: Date },
): RegistryEvent {
  return {
    id: randomUUID(),
    timestamp: facts.now.toISOString(),
    action: happening.action,
    target: target(flavour, happening, facts.request.host),
    request: facts.request,
    actor: facts.actor === '' ? {} : { name: facts.actor },
    source: { addr: 'fake-registry:5000', instanceID: facts.instanceID },
  };
}

function target(flavour: Flavour, happening: Happening, host: string): EventTarget {
  const { repository, content, tag, fromRepository } = happening;
  const tagged = tag === undefined ? {} : { tag };
  if (!content) return { ...deletion(flavour, happening.deletedDigest), repository, ...tagged };
  const kind = content.mediaType === BLOB_MEDIA_TYPE ? 'blobs' : 'manifests';
  return {
    mediaType: content.mediaType,
    size: content.size,
    digest: content.digest,
    length: content.size,
    repository,
    ...(fromRepository === undefined ? {} : { fromRepository }),
    url: `http://${host}/v2/${repository}/${kind}/${content.digest}`,
    ...tagged,
    ...(content.references ? { references: content.references } : {}),
  };
}

/** 2.8 leaves out what it does not know, 3.x writes it empty. */
function deletion(flavour: Flavour, digest: string | undefined): Partial<EventTarget> {
  if (flavour === '3') return { mediaType: '', digest: digest ?? '', size: 0 };
  return digest === undefined ? {} : { digest };
}
