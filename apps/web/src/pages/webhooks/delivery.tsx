import { Code, Modal, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { Time } from '../../parts/time.js';
import { AnswerOf, DeliveryState, Resend } from './deliveries.js';
import type { WebhookPath } from './webhook-path.js';

/** One delivery as it was sent and answered the last time. */
export function Delivery({ path, id, onClose }: { path: WebhookPath; id: number; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useOne(
    ['webhooks', path.id, 'deliveries', path.webhook_id, 'one', id],
    (signal) =>
      api.GET('/api/v1/namespaces/{id}/webhooks/{webhook_id}/deliveries/{delivery_id}', {
        params: { path: { ...path, delivery_id: id } },
        signal,
      }),
    { every: 3_000 },
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('deliveries.one', { id })}
      size="xl"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {query.error && <ErrorBox error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading />}
      {query.data && (
        <Stack>
          <DeliveryFacts of={query.data} />
          <Resend path={path} id={id} />
          <Message title={t('deliveries.request')} header={query.data.request_header} body={query.data.request_body} />
          <Message
            title={t('deliveries.response')}
            header={query.data.response_header}
            body={query.data.response_body}
          />
        </Stack>
      )}
    </Modal>
  );
}

function DeliveryFacts({ of }: { of: Answered<'WebhookDelivery'> }) {
  const { t } = useTranslation();
  return (
    <Facts
      facts={[
        [t('deliveries.about'), of.subject],
        [t('deliveries.state'), <DeliveryState key="state" of={of} />],
        [t('deliveries.status'), <AnswerOf key="status" one={of} />],
        [t('deliveries.attempts'), of.attempts],
        [t('deliveries.when'), <Time key="when" at={of.attempted_at ?? of.created_at} />],
        [t('deliveries.uuid'), of.uuid],
      ]}
    />
  );
}

interface MessageProps {
  title: string;
  header: Record<string, string> | null;
  body: string | null;
}

function Message({ title, header, body }: MessageProps) {
  const { t } = useTranslation();
  const lines = Object.entries(header ?? {}).map(([name, value]) => `${name}: ${value}`);
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {title}
      </Title>
      {lines.length === 0 && body === null && <Text c="dimmed">{t('deliveries.nothing')}</Text>}
      {lines.length > 0 && (
        <Code block tabIndex={0}>
          {lines.join('\n')}
        </Code>
      )}
      {body !== null && (
        <Code block tabIndex={0}>
          {readable(body)}
        </Code>
      )}
    </Stack>
  );
}

/** JSON in lines; everything else as it is. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
