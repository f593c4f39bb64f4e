import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from './parse-envelope.js';

const vector = (name: string): Buffer =>
  readFileSync(new URL(`../../../../test/vectors/events/${name}.json`, import.meta.url));
const parse = (body: string | Buffer, tooLarge = false) => parseEnvelope(Buffer.from(body), tooLarge, 'portus');

/** Each captured notification, with what it must lead to: `action repository tag`, a pull, or nothing. */
const CAPTURES: Record<string, string> = {
  'v28-delete-blob': 'delete',
  'v28-delete-manifest-digest': 'delete team/app digest',
  'v28-delete-tag-follow-up': 'delete team/app tag',
  'v28-mount-blob': '',
  'v28-pull-anonymous-actor': 'pull team/ocis tag',
  'v28-pull-blob-head': '',
  'v28-pull-manifest-by-digest-get': 'pull',
  'v28-pull-manifest-by-tag-get': 'pull',
  'v28-pull-manifest-head': 'pull team/multi tag digest HEAD',
  'v28-push-blob': '',
  'v28-push-index-child-no-tag': 'push digest',
  'v28-push-index-includereferences': 'push refs/multi tag digest alice',
  'v28-push-index-tag': 'push tag digest',
  'v28-push-manifest-new-tag': 'push team/app tag digest alice',
  'v28-push-manifest-same-digest-second-tag': 'push team/app tag digest alice',
  'v30-delete-manifest-digest': 'delete digest',
  'v30-delete-tag': 'delete other/app tag carol',
  'v30-push-index-includereferences': 'push refs/multi tag digest alice',
  'v30-push-manifest-new-tag': 'push tag digest',
};

describe(parseEnvelope.name, () => {
  it.each(Object.entries(CAPTURES))('takes of the capture %s: %s', (name, expected) => {
    const { events, pulls, instances } = parse(vector(name));
    expect(instances).toHaveLength(1);
    const [event] = events;
    const [pull] = pulls;
    const one = event ?? (pull && { ...pull, action: 'pull', actor: null });
    if (expected === '') return expect(one).toBeUndefined();
    expect(one).toBeDefined();
    const described = [
      one!.action,
      one!.repository,
      one!.tag && 'tag',
      one!.digest && 'digest',
      one!.actor,
      pull?.method,
    ].filter(Boolean);
    for (const word of expected.split(' ')) expect(described).toContain(word);
    if (!expected.includes('tag')) expect(one!.tag && !expected.startsWith('pull')).toBeFalsy();
    if (event) expect(event.rejected).toBeNull();
    if (event) expect(event.occurredAt).toBeInstanceOf(Date);
  });

  it('treats the empty digest and media type of 3.x as absent (trap 37)', () => {
    expect(parse(vector('v30-delete-tag')).events[0]).toMatchObject({ tag: 'v9', digest: null });
  });

  it('drops pulls of its own account, and keeps its pushes and deletes (trap 26)', () => {
    const own = (name: string) =>
      parse(
        vector(name)
          .toString('utf8')
          .replace(/"name": "\w+"/, '"name": "portus"'),
      );
    expect(own('v28-pull-manifest-by-tag-get').pulls).toEqual([]);
    expect(own('v28-push-manifest-new-tag').events).toHaveLength(1);
  });

  it.each([
    ['an empty body', '', /empty/],
    ['no JSON', '{"events": [', /not JSON/],
    ['another encoding', Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), /not JSON in UTF-8/],
    ['no events', '{}', /no list of events/],
    ['a list as body', '[]', /no list of events/],
    ['null', 'null', /no list of events/],
  ])('rejects %s with a reason, as one row however often it is sent', (_, body, reason) => {
    const [one, two] = [parse(body), parse(body)];
    expect(one.events).toHaveLength(1);
    expect(one.events[0]!.rejected).toMatch(reason);
    expect(one.events[0]!.eventId).toBe(two.events[0]!.eventId);
  });

  it('rejects a body over the cap, keeping its beginning only', () => {
    const { events } = parse('x'.repeat(100_000), true);
    expect(events[0]!.rejected).toMatch(/cap/);
    expect(events[0]!.payload.length).toBe(4096);
  });

  it('keeps good events beside bad ones', () => {
    const good = JSON.parse(vector('v28-push-manifest-new-tag').toString('utf8')).events[0];
    const bad = [
      null,
      7,
      {},
      { ...good, target: null },
      { ...good, action: 'explode' },
      { ...good, target: { ...good.target, repository: '../../etc' } },
    ];
    const { events } = parse(JSON.stringify({ events: [...bad, good] }));
    expect(events.filter((event) => event.rejected === null)).toHaveLength(1);
    expect(events.filter((event) => event.rejected !== null)).toHaveLength(bad.length);
  });

  it('rejects an event that is nested too deeply to be written down, and keeps the good one beside it', () => {
    const good = JSON.stringify(JSON.parse(vector('v28-push-manifest-new-tag').toString('utf8')).events[0]);
    const { events } = parse(`{"events":[${'['.repeat(100_000)}${']'.repeat(100_000)},${good}]}`);
    expect(events.map((event) => event.rejected)).toEqual(['event: nested too deeply', null]);
  });

  it('survives hostile values: NUL, absurd dates, huge actors (trap 35)', () => {
    const good = JSON.parse(vector('v28-push-manifest-new-tag').toString('utf8')).events[0];
    const { events } = parse(
      JSON.stringify({
        events: [{ ...good, id: 'a\u0000b', timestamp: '+275760-09-13T00:00:00Z', actor: { name: 'x'.repeat(5000) } }],
      }),
    );
    expect(events[0]).toMatchObject({ eventId: 'ab', occurredAt: null, actor: null });
  });

  it('replaces lone surrogates in every text', () => {
    const good = JSON.parse(vector('v28-push-manifest-new-tag').toString('utf8')).events[0];
    const target = { ...good.target, tag: 't\ud800', digest: 'd\ud800' };
    const odd = { ...good, id: 'i\ud800', target, actor: { name: 'n\udc00' }, source: { instanceID: 's\ud800' } };
    const { events, instances } = parse(JSON.stringify({ events: [odd] }));
    expect(events[0]).toMatchObject({
      eventId: 'i\ufffd',
      tag: 't\ufffd',
      digest: 'd\ufffd',
      actor: 'n\ufffd',
      rejected: null,
    });
    expect(instances).toEqual(['s\ufffd']);
    const pull = { ...odd, action: 'pull', request: { method: 'GET' } };
    expect(parse(JSON.stringify({ events: [pull] })).pulls).toMatchObject([{ eventId: 'i\ufffd', tag: 't\ufffd' }]);
  });
});
