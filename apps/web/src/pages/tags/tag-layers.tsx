import { Code, Select, Stack, Table, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Size } from '../../parts/size.js';
import { TableFrame } from '../../parts/table-frame.js';

/** What the image is put together of, with the steps that made it; of an index, by platform. */
export function TagLayers({ tag }: { tag: Answered<'Tag'> }) {
  const { t } = useTranslation();
  const { platform } = useSearch({ from: '/signed-in/tags/$id' });
  const navigate = useNavigate({ from: '/tags/$id' });
  const query = useOne(['tags', tag.id, 'layers', tag.digest, platform], (signal) =>
    api.GET('/api/v1/tags/{id}/layers', {
      params: { path: { id: tag.id }, query: platform === undefined ? {} : { platform } },
      signal,
    }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const platforms = tag.platforms.filter(({ os }) => os !== null && os !== 'unknown');
  return (
    <Stack>
      {platforms.length > 1 && (
        <Select
          label={t('layers.platform')}
          data={platforms.map(({ digest, os, architecture, variant }) => ({
            value: digest,
            label: [os, architecture, variant].filter(Boolean).join('/'),
          }))}
          value={query.data.digest}
          allowDeselect={false}
          w={260}
          onChange={(value) => value !== null && void navigate({ search: { tab: 'layers', platform: value } })}
        />
      )}
      <LayerTable of={query.data.layers} />
    </Stack>
  );
}

function LayerTable({ of }: { of: Answered<'Layers'>['layers'] }) {
  const { t } = useTranslation();
  if (of.length === 0) return <Empty text={t('layers.none')} />;
  return (
    <TableFrame minWidth={640} label={t('layers.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('layers.number')}</Table.Th>
          <Table.Th>{t('layers.content')}</Table.Th>
          <Table.Th>{t('tags.columns.size')}</Table.Th>
          <Table.Th>{t('tags.columns.image')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.map(({ digest, size, created_by, title, media_type }, i) => (
          // The same layer may occur more than once.
          // oxlint-disable-next-line react/no-array-index-key
          <Table.Tr key={`${i} ${digest}`}>
            <Table.Td>{i + 1}</Table.Td>
            <Table.Td maw={560}>
              {title ?? (created_by === null ? t('layers.untold') : <Code block>{created_by}</Code>)}
              <Text size="xs" c="dimmed">
                {media_type}
              </Text>
            </Table.Td>
            <Table.Td>
              <Size bytes={size} />
            </Table.Td>
            <Table.Td>
              <Digest digest={digest} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
