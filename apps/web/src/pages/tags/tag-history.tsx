import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { Digest } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';

type Revision = Answered<'TagRevision'>;

/** Every image that the tag has named, by whom it was put there, and the way back to it. */
export function TagHistory({ id, digest, name }: { id: number; digest: string; name: string }) {
  const { t } = useTranslation();
  const [back, setBack] = useState<Revision | null>(null);
  const params = { path: { id } };
  const query = useList(['tags', id, 'history'], (signal) => api.GET('/api/v1/tags/{id}/history', { params, signal }));
  const rollback = useChange(
    (revision: number) => api.POST('/api/v1/tags/{id}/rollback', { params, body: { revision } }),
    [['tags', id], ['repositories']],
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  return (
    <Stack>
      <Table.ScrollContainer minWidth={600}>
        <Table aria-label={t('tags.tabs.history')}>
          <Table.Tbody>
            {query.data.items.map((revision, index) => (
              <Table.Tr key={revision.id}>
                <Table.Td>
                  {revision.digest === null ? t('history.removed') : <Digest digest={revision.digest} />}
                </Table.Td>
                <Table.Td>{revision.size === null ? '' : <Size bytes={revision.size} />}</Table.Td>
                <Table.Td>{revision.actor ?? t(`history.from.${revision.learned_from}`)}</Table.Td>
                <Table.Td>
                  <Time at={revision.seen_at} />
                </Table.Td>
                <Table.Td>
                  <Way
                    revision={revision}
                    newest={index === 0}
                    current={revision.digest === digest}
                    onBack={() => setBack(revision)}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ConfirmByName
        title={t('history.rollback')}
        name={name}
        act={t('history.rollback')}
        opened={back !== null}
        busy={rollback.isPending}
        error={rollback.error}
        onClose={() => setBack(null)}
        onConfirm={() => back && rollback.mutate(back.id, { onSuccess: () => setBack(null) })}
      >
        <Text>{t('history.rollbackHint', { digest: back?.digest ?? '' })}</Text>
      </ConfirmByName>
    </Stack>
  );
}

interface WayProps {
  revision: Revision;
  newest: boolean;
  current: boolean;
  onBack: () => void;
}

function Way({ revision, newest, current, onBack }: WayProps) {
  const { t } = useTranslation();
  if (current && newest) return <Badge variant="light">{t('history.now')}</Badge>;
  if (current || revision.digest === null) return null;
  if (revision.kept === false) return <Text size="sm">{t('history.gone')}</Text>;
  return (
    <Group>
      <Button size="xs" variant="default" onClick={onBack}>
        {t('history.back')}
      </Button>
    </Group>
  );
}
