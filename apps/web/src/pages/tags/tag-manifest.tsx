import { Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { Size } from '../../parts/size.js';
import { TableFrame } from '../../parts/table-frame.js';
import { Time } from '../../parts/time.js';

/** What the manifest says of itself: kind, date, children of an index, labels and annotations. */
export function TagManifest({ id }: { id: number }) {
  const { t } = useTranslation();
  const query = useOne(['tags', id, 'manifest'], (signal) =>
    api.GET('/api/v1/tags/{id}/manifest', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const { media_type, created, manifest_size, subject, manifests, labels, annotations } = query.data;
  return (
    <Stack>
      <Facts
        facts={[
          [t('manifest.mediaType'), media_type],
          [t('manifest.created'), <Time key="created" at={created} />],
          [t('manifest.size'), <Size key="size" bytes={manifest_size} />],
          ...(subject === null ? [] : [[t('manifest.describes'), <Digest key="subject" digest={subject} />] as const]),
        ]}
      />
      {manifests.length > 0 && (
        <TableFrame minWidth={360} label={t('manifest.children')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('tags.columns.platforms')}</Table.Th>
              <Table.Th>{t('tags.columns.image')}</Table.Th>
              <Table.Th>{t('tags.columns.size')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {manifests.map((child) => (
              <Table.Tr key={child.digest}>
                <Table.Td>{[child.os, child.architecture, child.variant].filter(Boolean).join('/')}</Table.Td>
                <Table.Td>
                  <Digest digest={child.digest} />
                </Table.Td>
                <Table.Td>
                  <Size bytes={child.size} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
      <Pairs title={t('manifest.labels')} pairs={labels} />
      <Pairs title={t('manifest.annotations')} pairs={annotations} />
      {Object.keys(labels).length + Object.keys(annotations).length === 0 && <Empty text={t('manifest.bare')} />}
    </Stack>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: Record<string, string> }) {
  const entries = Object.entries(pairs);
  if (entries.length === 0) return null;
  return (
    <>
      <Title order={2} size="h4">
        {title}
      </Title>
      <Paper withBorder>
        <Table aria-label={title} layout="fixed" horizontalSpacing="md">
          <Table.Tbody>
            {entries.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w="35%" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </Table.Th>
                <Table.Td>
                  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                    {value}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
    </>
  );
}
