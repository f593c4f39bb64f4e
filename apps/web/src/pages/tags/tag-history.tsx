import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { Digest } from '../../parts/copy.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { PAGE } from '../../parts/list-places.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';

type Revision = Answered<'TagRevision'>;

/** Every image that the tag has named, by whom it was put there, and the way back to it. */
export function TagHistory({ id, digest, name }: { id: number; digest: string; name: string }) {
  const { t } = useTranslation();
  const [back, setBack] = useState<Revision | null>(null);
  const params = { path: { id } };
  const { page } = useSearch({ from: '/signed-in/tags/$id' });
  const navigate = useNavigate({ from: '/tags/$id' });
  const place = page === undefined ? {} : { page };
  const query = useList(['tags', id, 'history', place], (signal) =>
    api.GET('/api/v1/tags/{id}/history', { params: { ...params, query: { ...PAGE, ...place } }, signal }),
  );
  const newest = page === undefined ? query.data?.items[0]?.id : undefined;
  const rollback = useChange(
    (revision: number) => api.POST('/api/v1/tags/{id}/rollback', { params, body: { revision } }),
    [['tags', id], ['repositories']],
  );
  return (
    <Stack>
      <DataList
        label={t('tags.tabs.history')}
        query={query}
        keyOf={(revision) => revision.id}
        search={place}
        onSearch={(next) => void navigate({ search: { tab: 'history', ...(next.page && { page: next.page }) } })}
        empty={<Empty text={t('history.none')} />}
        columns={[
          {
            title: t('tags.columns.image'),
            cell: (one) => (one.digest === null ? t('history.removed') : <Digest digest={one.digest} />),
          },
          { title: t('tags.columns.size'), cell: ({ size }) => size !== null && <Size bytes={size} /> },
          {
            title: t('tags.columns.author'),
            cell: ({ actor, learned_from }) => actor ?? t(`history.from.${learned_from}`),
          },
          { title: t('tags.columns.pushed'), cell: ({ seen_at }) => <Time at={seen_at} /> },
          {
            title: t('users.acts'),
            cell: (one) => (
              <Way
                revision={one}
                newest={one.id === newest}
                current={one.digest === digest}
                onBack={() => setBack(one)}
              />
            ),
          },
        ]}
      />
      <ConfirmByName
        title={t('history.rollback')}
        name={name}
        act={t('history.rollback')}
        opened={back !== null}
        change={rollback}
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
  if (current && newest) return <Badge>{t('history.now')}</Badge>;
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
