import fc from 'fast-check';
import type { FakeRegistry, Fault, SeenRequest } from '../../fakes/registry.js';

const repository = fc.constantFrom('team/a', 'team/b', 'c');
const tag = fc.constantFrom('v1', 'v2', 'v3');
const seed = fc.constantFrom('1', '2', '3');

/** What people do at the registry. */
const change = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), repository, tag, seed }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('index' as const), repository, tag, seed }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('retag' as const), repository, tag, to: tag }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), repository, tag }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('untag' as const), repository, tag }) },
);
export type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** What becomes of notifications; those that are kept come later. */
const delivery = fc.record({
  kind: fc.constant('deliver' as const),
  how: fc.constantFrom('in order', 'reversed', 'doubled', 'the first', 'the last', 'lost'),
});

const at = fc.nat({ max: 45 });
/** What happens in the middle of a job: to the process, at the registry, or through another process. */
const interruption = fc.option(
  fc.oneof(
    fc.record({ what: fc.constant('kill' as const), at }),
    fc.record({ what: fc.constant('changes' as const), at, changes: fc.array(change, { minLength: 1, maxLength: 3 }) }),
    fc.record({ what: fc.constant('another' as const), at, changes: fc.array(change, { maxLength: 2 }) }),
  ),
);
/** From which request on the registry misbehaves, and for how many. */
const fault = fc.option(
  fc.record({
    at: fc.constantFrom(0, 0, 0, 1, 2, 3, 5, 8, 12),
    lasts: fc.constantFrom(1, 1, 2, 3, Infinity),
    how: fc.constantFrom('500', 'hangup', 'html', 'plain 404', 'cut short', 'cut short', 'cut short', 'circle'),
  }),
  { freq: 3 },
);
const job = fc.record({
  kind: fc.constant('job' as const),
  what: fc.constantFrom('events', 'events', 'names', 'deep'),
  strategy: fc.constantFrom('update-delete' as const, 'update-delete' as const, 'update' as const),
  /** Whether time passes before: backoffs end, absences may be confirmed. */
  late: fc.boolean(),
  interruption,
  fault,
});
export type JobStep = typeof job extends fc.Arbitrary<infer T> ? T : never;

export const step = fc.oneof(
  { weight: 6, arbitrary: change },
  { weight: 4, arbitrary: delivery },
  { weight: 5, arbitrary: job },
);
/** A step of a story: somebody changes something, notifications come, or a worker does a job. */
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does at the registry what people did. */
export function apply(one: Change, fake: FakeRegistry): void {
  const held = fake.snapshot().get(one.repository);
  const digest = held?.get(one.tag);
  if (one.kind === 'push') fake.putImage(one.repository, one.tag, { seed: one.seed });
  else if (one.kind === 'index') fake.putIndex(one.repository, one.tag, [{ seed: one.seed }, { seed: `${one.seed}'` }]);
  else if (digest === undefined) return;
  else if (one.kind === 'retag') fake.retag(one.repository, one.tag, one.to);
  else if (one.kind === 'delete') fake.deleteManifest(one.repository, digest);
  else fake.deleteTag(one.repository, one.tag);
}

/** What the registry answers instead, if this request is one that the fault is about. */
export function faultFor(how: string, { path }: SeenRequest): Fault | null {
  const json = { 'content-type': 'application/json' };
  switch (how) {
    case 'hangup':
      return 'hangup';
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' };
    case 'plain 404':
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
    case 'cut short':
      // A listing that is not whole and does not say so, as storage that lags behind gives it.
      if (path === '/v2/_catalog') return { status: 200, headers: json, body: '{"repositories":["c"]}' };
      if (path.endsWith('/tags/list')) return { status: 200, headers: json, body: '{"tags":["v1"]}' };
      return null;
    case 'circle': {
      const link = `<${path}?last=c&n=3>; rel="next"`;
      if (path === '/v2/_catalog') return { status: 200, headers: { ...json, link }, body: '{"repositories":["c"]}' };
      return null;
    }
    default:
      return { status: 500, headers: json, body: '{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}' };
  }
}
