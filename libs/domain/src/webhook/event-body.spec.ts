import { describe, expect, it } from 'vitest';
import { eventBody } from './event-body.js';
import type { EventFacts } from './webhook-events.js';

const FACTS: EventFacts = {
  id: '0b0f9f0e-0000-4000-8000-000000000001',
  event: 'push',
  time: '2026-11-21T06:00:00.000Z',
  namespace: { id: 7, name: 'team' },
  repository: { id: 9, name: 'team/app' },
  registry: 'registry.test:5000',
  tag: 'v1',
  digest: 'sha256:aa',
  previous_digest: null,
  media_type: 'application/vnd.oci.image.manifest.v1+json',
  size: 12,
  actor: 'alice',
  learned_from: 'event',
};

describe(eventBody.name, () => {
  it('has the members of a registry notification, as receivers of Portus read them', () => {
    const { contentType, text } = eventBody(FACTS, 'portus', 'application/json', 'portus.test');
    expect(contentType).toBe('application/json');
    expect(JSON.parse(text)).toMatchObject({
      id: FACTS.id,
      timestamp: FACTS.time,
      action: 'push',
      target: { repository: 'team/app', tag: 'v1', digest: 'sha256:aa', mediaType: FACTS.media_type, size: 12 },
      request: { host: 'registry.test:5000' },
      actor: { name: 'alice' },
      portus: { namespace: { id: 7, name: 'team' }, learned_from: 'event' },
    });
  });

  it('is a form when a form is asked for (Portus sent JSON and called it a form)', () => {
    const type = 'application/x-www-form-urlencoded';
    const { contentType, text } = eventBody(FACTS, 'portus', type, 'portus.test');
    expect(contentType).toBe(type);
    const fields = new URLSearchParams(text);
    expect([...fields.keys()]).toEqual(['payload']);
    expect(JSON.parse(fields.get('payload')!)).toMatchObject({ id: FACTS.id });
  });

  it('is a CloudEvent with the required attributes', () => {
    const { contentType, text } = eventBody(FACTS, 'cloudevents', 'application/json', 'portus.test');
    expect(contentType).toContain('application/cloudevents+json');
    expect(JSON.parse(text)).toMatchObject({
      specversion: '1.0',
      id: FACTS.id,
      source: 'https://portus.test/namespaces/7',
      type: 'portus.push.v1',
      subject: 'team/app:v1',
      time: FACTS.time,
      data: { event: 'push', digest: 'sha256:aa', repository: { name: 'team/app' } },
    });
  });

  it('names nobody where nobody is known, and tells a scan only of scans', () => {
    const body = JSON.parse(eventBody({ ...FACTS, actor: null }, 'portus', 'application/json', 'x').text);
    expect(body.actor).toEqual({});
    expect(body.portus).not.toHaveProperty('scan');
    const scanned: EventFacts = { ...FACTS, event: 'scan', tag: null, scan: { state: 'done' } };
    const event = JSON.parse(eventBody(scanned, 'cloudevents', 'application/json', 'x').text);
    expect(event).toMatchObject({ subject: 'team/app@sha256:aa', data: { scan: { state: 'done' } } });
  });
});
