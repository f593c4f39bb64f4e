import { Badge, Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';

type Webhook = Answered<'Webhook'>;

/** Whether anything is sent, and whether its host is left alone for a while. */
export function WebhookState({ of: { enabled, resting_until } }: { of: Webhook }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      <Badge color={enabled ? 'teal' : 'gray'}>{t(enabled ? 'webhooks.on' : 'webhooks.off')}</Badge>
      {resting_until !== null && (
        <Badge color="orange" tt="none">
          {t('webhooks.resting')}
        </Badge>
      )}
    </Group>
  );
}

/** Switches a webhook on or off. */
export function Toggle({ namespace, of: { id, name, enabled } }: { namespace: number; of: Webhook }) {
  const { t } = useTranslation();
  const toggle = useChange(
    () =>
      api.PUT('/api/v1/namespaces/{id}/webhooks/{webhook_id}/toggle_enabled', {
        params: { path: { id: namespace, webhook_id: id } },
      }),
    [['webhooks', namespace]],
  );
  const act = t(enabled ? 'webhooks.disable' : 'webhooks.enable');
  return (
    <>
      <Button
        size="xs"
        variant="default"
        loading={toggle.isPending}
        aria-label={`${act}: ${name}`}
        onClick={() => toggle.mutate()}
      >
        {act}
      </Button>
      {toggle.error && <ErrorBox error={toggle.error} />}
    </>
  );
}
