import { useQueries } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../api/client.js';
import { useHealth } from '../../api/health.js';
import { useList, useOne } from '../../api/queries.js';

export interface Concern {
  text: string;
  /** Where something can be done about it. */
  link: LinkProps;
}

const LOOK_MS = 15_000;
/** A token that ends sooner is told of. */
const SOON_MS = 14 * 86_400_000;
/** So many tokens are told of. */
const MOST_TOKENS = 10;
/** Registries of which the drift is asked for. */
const MOST = 20;
/** Told of in words of their own. */
const TOLD_ALREADY = /^(registry(:.*)?|clocks|webhooks)$/;

/** Tokens that end soon, or have ended: one's own, for administrators also those of bots; null while they are not known. */
export function useTokenConcerns(me: number): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useList(['application_tokens', 'expiring'], (signal) => {
    const expires_before = new Date(Date.now() + SOON_MS).toISOString();
    return api.GET('/api/v1/application_tokens', { params: { query: { expires_before } }, signal });
  });
  if (!data) return null;
  const now = Date.now();
  return data.items.slice(0, MOST_TOKENS).map(({ application: name, expires_at, user: { id, username } }) => {
    const ended = Date.parse(expires_at) <= now;
    if (id === me) {
      const text = t(ended ? 'attention.tokenEnded' : 'attention.token', { name });
      return { text, link: { to: '/users/edit', search: { tab: 'tokens' } } };
    }
    const text = t(ended ? 'attention.botTokenEnded' : 'attention.botToken', { name, bot: username });
    return { text, link: { to: '/admin/users/$id', params: { id: String(id) } } };
  });
}

/** Deliveries of webhooks that were given up, of those that this person owns; null while they are not known. */
export function useDeadLetterConcerns(): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useList(['dead letters'], (signal) => api.GET('/api/v1/dead_letters', { signal }), {
    every: LOOK_MS,
  });
  if (!data) return null;
  return data.items.map(({ namespace, webhook, dead: count }) => ({
    text: t('attention.letters', { name: webhook.name, place: namespace.name, count }),
    link: {
      to: '/namespaces/$id/webhooks/$webhook',
      params: { id: String(namespace.id), webhook: String(webhook.id) },
      search: { state: 'dead' },
    },
  }));
}

/** What is wrong with registries, events, and the parts of the house; null while it is not known. */
export function useHouseConcerns(): Concern[] | null {
  const [registries, events, parts, scans] = [
    useRegistryConcerns(),
    useEventConcerns(),
    usePartConcerns(),
    useScanConcerns(),
  ];
  if (registries === null || events === null || parts === null || scans === null) return null;
  return [...registries, ...events, ...scans, ...parts];
}

function useRegistryConcerns(): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useList(
    ['registries', 'concerns'],
    (signal) => api.GET('/api/v1/registries', { params: { query: { per_page: MOST } }, signal }),
    { every: LOOK_MS },
  );
  const drifts = useQueries({
    queries: (data?.items ?? []).map(({ id }) => ({
      queryKey: ['registries', id, 'drift', 'concern'],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        answer(api.GET('/api/v1/registries/{id}/drift', { params: { path: { id }, query: { per_page: 1 } }, signal })),
      refetchInterval: LOOK_MS,
    })),
  });
  if (!data) return null;
  if (data.items.length === 0) return [{ text: t('attention.none'), link: { to: '/start' } }];
  return data.items.flatMap(({ id, name, problem, clock }, i): Concern[] => {
    const link: LinkProps = { to: '/admin/registries/$id', params: { id: String(id) } };
    const drift = drifts[i]?.data;
    return [
      ...(problem === null ? [] : [{ text: t('attention.unread', { name, why: problem.message }), link }]),
      ...(drift && drift.total + drift.unrecorded > 0 ? [{ text: t('attention.drift', { name }), link }] : []),
      ...(clock !== null && clock.off !== 'none' ? [{ text: t('attention.clock', { name }), link }] : []),
    ];
  });
}

function useEventConcerns(): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useList(['events', 'summary'], (signal) => api.GET('/api/v1/events/summary', { signal }), {
    every: LOOK_MS,
  });
  if (!data) return null;
  return data.items.flatMap(({ registry: name, failed, dead }): Concern[] => [
    ...(failed === 0 ? [] : [{ text: t('attention.failed', { name, count: failed }), link: eventsThat('failed') }]),
    ...(dead === 0 ? [] : [{ text: t('attention.dead', { name, count: dead }), link: eventsThat('dead') }]),
  ]);
}

const eventsThat = (state: 'failed' | 'dead'): LinkProps => ({ to: '/truth', search: { state } });

function useScanConcerns(): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useOne(['scans', 'summary'], (signal) => api.GET('/api/v1/scans/summary', { signal }), {
    every: LOOK_MS,
  });
  if (!data) return null;
  const { failed: count } = data;
  return count === 0
    ? []
    : [{ text: t('attention.scans', { count }), link: { to: '/scans', search: { state: 'failed' } } }];
}

/** Also scanners, which are parts of it. */
function usePartConcerns(): Concern[] | null {
  const { t } = useTranslation();
  const { data } = useHealth(LOOK_MS);
  if (!data) return null;
  return Object.entries(data).flatMap(([name, { status, msg }]): Concern[] =>
    status === 'up' || TOLD_ALREADY.test(name)
      ? []
      : [{ text: t('attention.component', { name, why: msg }), link: { to: '/health' } }],
  );
}
