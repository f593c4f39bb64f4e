import { Alert, Anchor, Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Time } from '../../parts/time.js';
import { Deliveries } from './deliveries.js';
import { EventNames } from './event-names.js';
import { Headers } from './headers.js';
import { Toggle, WebhookState } from './toggle.js';
import { WebhookForm } from './webhook-form.js';

/** One webhook: whom it tells what, what was sent, and what came of it. */
export function Webhook() {
  const { t } = useTranslation();
  const me = useMe();
  const params = useParams({ from: '/signed-in/namespaces/$id/webhooks/$webhook' });
  const { tab = 'deliveries' } = useSearch({ from: '/signed-in/namespaces/$id/webhooks/$webhook' });
  const navigate = useNavigate({ from: '/namespaces/$id/webhooks/$webhook' });
  const path = { id: Number(params.id), webhook_id: Number(params.webhook) };
  const namespace = useOne(['namespaces', path.id], (signal) =>
    api.GET('/api/v1/namespaces/{id}', { params: { path: { id: path.id } }, signal }),
  );
  const query = useOne(
    ['webhooks', path.id, 'one', path.webhook_id],
    (signal) => api.GET('/api/v1/namespaces/{id}/webhooks/{webhook_id}', { params: { path }, signal }),
    { every: 15_000 },
  );
  const error = query.error ?? namespace.error;
  if (error && !query.data) return <ErrorBox error={error} onRetry={() => void query.refetch()} />;
  if (!query.data || !namespace.data) return <Loading />;
  const { name, permissions } = namespace.data;
  const owns = me?.admin === true || permissions.role === 'owner';
  return (
    <Page title={query.data.name} acts={owns ? <Acts namespace={path.id} webhook={query.data} /> : null}>
      <Anchor
        w="fit-content"
        renderRoot={(props) => (
          <Link to="/namespaces/$id" params={{ id: params.id }} search={{ tab: 'webhooks' }} {...props} />
        )}
      >
        {t('webhooks.all', { name })}
      </Anchor>
      <About webhook={query.data} />
      {owns ? (
        <PageTabs
          tab={tab}
          titleOf={(one) => t(`webhooks.tabs.${one}`)}
          onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
          panels={{ deliveries: <Deliveries path={path} />, headers: <Headers path={path} /> }}
        />
      ) : (
        <Alert>{t('webhooks.ownersOnly')}</Alert>
      )}
    </Page>
  );
}

function About({ webhook: it }: { webhook: Answered<'Webhook'> }) {
  const { t } = useTranslation();
  const set = (is: boolean) => t(is ? 'webhooks.set' : 'webhooks.notSet');
  return (
    <Facts
      facts={[
        [t('webhooks.state'), <WebhookState key="state" of={it} />],
        [t('webhooks.url'), `${it.request_method} ${it.url}`],
        [t('webhooks.events'), <EventNames key="events" of={it.events} />],
        [
          t('webhooks.format'),
          `${t(`webhooks.formats.${it.format}`)} (${t(`webhooks.contentTypes.${it.content_type}`)})`,
        ],
        [t('webhooks.username'), it.username ?? t('webhooks.notSet')],
        [t('webhooks.password'), set(it.has_password)],
        [t('webhooks.secret'), set(it.has_secret)],
        [t('webhooks.made'), <Time key="made" at={it.created_at} />],
        ...(it.resting_until === null
          ? []
          : [[t('webhooks.restingUntil'), <Time key="rests" at={it.resting_until} />] as const]),
      ]}
    />
  );
}

function Acts({ namespace, webhook }: { namespace: number; webhook: Answered<'Webhook'> }) {
  const { t } = useTranslation();
  const [changing, form] = useDisclosure();
  const [deleting, confirm] = useDisclosure();
  const navigate = useNavigate();
  const remove = useChange(
    () =>
      api.DELETE('/api/v1/namespaces/{id}/webhooks/{webhook_id}', {
        params: { path: { id: namespace, webhook_id: webhook.id } },
      }),
    [],
  );
  const leave = () =>
    void navigate({ to: '/namespaces/$id', params: { id: String(namespace) }, search: { tab: 'webhooks' } });
  return (
    <>
      <Toggle namespace={namespace} of={webhook} />
      <Button size="xs" onClick={form.open}>
        {t('webhooks.change')}
      </Button>
      <Button size="xs" variant="light" color="red" onClick={confirm.open}>
        {t('delete')}
      </Button>
      {changing && <WebhookForm namespace={namespace} of={webhook} onClose={form.close} />}
      <ConfirmByName
        title={t('webhooks.delete', { name: webhook.name })}
        name={webhook.name}
        act={t('delete')}
        opened={deleting}
        change={remove}
        onClose={confirm.close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: leave })}
      >
        <Text>{t('webhooks.deletes')}</Text>
      </ConfirmByName>
    </>
  );
}
