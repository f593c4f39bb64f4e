import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { Copy } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';
import { RegistryConfig } from './registry-config.js';

/** What a registry's notifications prove themselves by. A new one is shown once, with the configuration it belongs into. */
export function Secret({ id, state }: { id: number; state: Answered<'Registry'>['webhook_secret'] }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string | null>(null);
  const params = { path: { id } };
  const rotate = useChange(() => api.POST('/api/v1/registries/{id}/rotate_secret', { params }), [['registries', id]]);
  const end = useChange(() => api.DELETE('/api/v1/registries/{id}/former_secret', { params }), [['registries', id]]);
  const error = rotate.error ?? end.error;
  return (
    <Stack>
      <Text>{t(`secret.states.${state}`)}</Text>
      {state !== 'rotating' && <Text size="sm">{t('secret.rotates')}</Text>}
      {error && <ErrorBox error={error} />}
      <Group>
        <Button
          disabled={state === 'rotating'}
          loading={rotate.isPending}
          onClick={() => rotate.mutate(undefined, { onSuccess: ({ webhook_secret }) => setMade(webhook_secret) })}
        >
          {t('secret.rotate')}
        </Button>
        {state === 'rotating' && (
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            {t('secret.end')}
          </Button>
        )}
      </Group>
      {made !== null && (
        <>
          <Alert color="teal" title={t('secret.once')}>
            <Copy text={made} />
          </Alert>
          <RegistryConfig id={id} secret={made} />
        </>
      )}
    </Stack>
  );
}
