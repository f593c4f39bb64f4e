import { Alert, Anchor, Badge, Group, List, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList, useOne } from '../../api/queries.js';
import { PushCommands } from '../../parts/client-commands.js';
import { Copy } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Secret } from '../registries/secret.js';

const LOOK_MS = 2_000;
const SYNC_MS = 10_000;

/** The registry's configuration, and whether it works: looked at all the time until the first push arrives. */
export function ConnectRegistry({ id, username }: { id: number; username: string }) {
  const { t } = useTranslation();
  const registry = useOne(
    ['registries', id],
    (signal) => api.GET('/api/v1/registries/{id}', { params: { path: { id } }, signal }),
    { every: LOOK_MS },
  );
  const reach = useOne(
    ['registries', id, 'reachability'],
    (signal) => api.GET('/api/v1/registries/{id}/reachability', { params: { path: { id } }, signal }),
    { every: LOOK_MS },
  );
  const pushes = useList(
    ['events', 'first push', id],
    (signal) =>
      api.GET('/api/v1/events', { params: { query: { registry_id: id, action: 'push', per_page: 1 } }, signal }),
    { every: LOOK_MS },
  );
  const reachable = reach.data?.reachable === true;
  const push = pushes.data?.items[0];
  const trusted = push !== undefined || (registry.data?.names_equal_at ?? null) !== null;
  useSyncs(id, reachable && !trusted);
  if (registry.error && !registry.data) return <ErrorBox error={registry.error} />;
  if (!registry.data) return <Loading />;
  const host = registry.data.external_hostname ?? registry.data.hostname;
  return (
    <Stack>
      <Secret id={id} state={registry.data.webhook_secret} />
      <Text>{t('start.running')}</Text>
      <List listStyleType="none" aria-live="polite">
        <Check text={t('start.checks.reach')} done={reachable} hint={reach.data?.message} />
        <Check text={t('start.checks.trust')} done={trusted} hint={registry.data.problem?.message} />
        <Check text={t('start.checks.push')} done={push !== undefined} />
      </List>
      {push === undefined ? (
        <Stack gap={4}>
          <Text size="sm">{t('start.pushHint')}</Text>
          <Copy text={`docker login ${host}`} />
          <PushCommands place={`${host}/${username}/hello`} />
        </Stack>
      ) : (
        <>
          <Alert
            color="teal"
            role="status"
            title={t('start.received', { image: `${push.repository}${push.tag === null ? '' : `:${push.tag}`}` })}
          />
          <Anchor component={Link} to="/repositories">
            {t('start.look')}
          </Anchor>
        </>
      )}
    </Stack>
  );
}

/** Only who reads the registry knows whether it accepts tokens: asks for a look now and then, while it is wanted. */
function useSyncs(id: number, wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const params = { path: { id } };
    // What came of it is read from the registry.
    const ask = () =>
      void api.POST('/api/v1/registries/{id}/sync', { params, body: { mode: 'names' } }).catch(() => undefined);
    ask();
    const timer = setInterval(ask, SYNC_MS);
    return () => clearInterval(timer);
  }, [id, wanted]);
}

function Check({ text, done, hint }: { text: string; done: boolean; hint?: string | null | undefined }) {
  const { t } = useTranslation();
  return (
    <List.Item>
      <Group gap="xs">
        <Badge color={done ? 'teal' : 'gray'}>{t(done ? 'start.ok' : 'start.waiting')}</Badge>
        {text}
        {!done && hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </Group>
    </List.Item>
  );
}
