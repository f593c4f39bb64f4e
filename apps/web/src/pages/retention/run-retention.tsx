import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DeletionProgress } from '../../parts/deletion-progress.js';

/** Drops at once what the rules drop, and follows it to its end. */
export function RunRetention({ namespace }: { namespace: number | null }) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const run = useChange(
    () =>
      namespace === null
        ? api.POST('/api/v1/retention/run')
        : api.POST('/api/v1/namespaces/{id}/retention/run', { params: { path: { id: namespace } } }),
    [['retention']],
  );
  return (
    <>
      <Button color="red" variant="light" onClick={modal.open}>
        {t('retention.run')}
      </Button>
      <ConfirmByName
        title={t('retention.run')}
        name={t('retention.runWord')}
        act={t('retention.run')}
        opened={opened}
        change={run}
        onClose={modal.close}
        onConfirm={() => run.mutate(undefined, { onSuccess: modal.close })}
      >
        <Text>{t('retention.runs')}</Text>
      </ConfirmByName>
      {run.data?.length === 0 && (
        <Text size="sm" role="status">
          {t('retention.nothing')}
        </Text>
      )}
      {run.data !== undefined && run.data.length > 0 && (
        <Stack gap={2}>
          <Text size="sm">{t('retention.ran')}</Text>
          {run.data.map(({ id }) => (
            <DeletionProgress
              key={id}
              id={id}
              outdates={[['retention'], ['repositories'], ['namespaces']]}
              onDone={() => undefined}
            />
          ))}
        </Stack>
      )}
    </>
  );
}
