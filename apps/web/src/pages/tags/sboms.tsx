import { Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Size } from '../../parts/size.js';
import { TableFrame } from '../../parts/table-frame.js';
import { Time } from '../../parts/time.js';

/** What is known to be inside of the image, to be taken along. */
export function Sboms({ id }: { id: number }) {
  const { t } = useTranslation();
  const query = useOne(['tags', id, 'sboms'], (signal) =>
    api.GET('/api/v1/tags/{id}/sboms', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Stack>
      <Title order={2} size="h4">
        {t('sboms.title')}
      </Title>
      {query.data?.length === 0 && <Text c="dimmed">{t('sboms.none')}</Text>}
      {query.data !== undefined && query.data.length > 0 && (
        <TableFrame minWidth={560} label={t('sboms.title')}>
          <Table.Tbody>
            {query.data.map(({ key, scanner, digest, media_type, size, created_at }) => (
              <Table.Tr key={key}>
                <Table.Td>{scanner ?? t('sboms.attached')}</Table.Td>
                <Table.Td>
                  <Digest digest={digest} />
                </Table.Td>
                <Table.Td>{media_type}</Table.Td>
                <Table.Td>{size !== null && <Size bytes={size} />}</Table.Td>
                <Table.Td>{created_at !== null && <Time at={created_at} />}</Table.Td>
                <Table.Td>
                  <Anchor
                    href={`/api/v1/tags/${id}/sboms/${key}`}
                    download
                    aria-label={t('sboms.downloadThis', { name: scanner ?? t('sboms.attached') })}
                  >
                    {t('sboms.download')}
                  </Anchor>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Stack>
  );
}
