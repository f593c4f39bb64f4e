import { Badge, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Size } from '../../parts/size.js';
import { TableFrame } from '../../parts/table-frame.js';

/** Signatures, SBOMs and attestations of what is tagged. */
export function TagReferrers({ id }: { id: number }) {
  const { t } = useTranslation();
  const query = useList(['tags', id, 'referrers'], (signal) =>
    api.GET('/api/v1/tags/{id}/referrers', { params: { path: { id } }, signal }),
  );
  if (query.error) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  if (query.data.items.length === 0) return <Empty text={t('referrers.empty')} />;
  return (
    <TableFrame minWidth={560} label={t('tags.tabs.referrers')}>
      <Table.Tbody>
        {query.data.items.map((referrer) => (
          <Table.Tr key={referrer.digest}>
            <Table.Td>
              <Badge>{t(`referrers.${referrer.kind}`)}</Badge>
            </Table.Td>
            <Table.Td>
              <Digest digest={referrer.digest} />
            </Table.Td>
            <Table.Td>{referrer.artifact_type ?? referrer.media_type}</Table.Td>
            <Table.Td>{referrer.tag}</Table.Td>
            <Table.Td>
              <Size bytes={referrer.size} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </TableFrame>
  );
}
