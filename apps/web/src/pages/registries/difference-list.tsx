import { Badge } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import type { Listed } from '../../api/client.js';
import { Digest } from '../../parts/copy.js';
import { DataList } from '../../parts/data-list.js';
import type { ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';

interface Props {
  label: string;
  query: UseQueryResult<Listed<Answered<'Difference'>>>;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
  empty: ReactNode;
}

/** Where the catalog and the registry differ, and why. */
export function DifferenceList(props: Props) {
  const { t } = useTranslation();
  return (
    <DataList
      {...props}
      keyOf={({ repository, tag, kind, run_id }) => `${run_id} ${repository}:${tag ?? ''} ${kind}`}
      columns={[
        {
          title: t('drift.image'),
          cell: ({ repository, tag }) => (tag === null ? repository : `${repository}:${tag}`),
        },
        { title: t('drift.what'), cell: ({ kind }) => t(`drift.kinds.${kind}`) },
        {
          title: t('drift.state'),
          cell: ({ state }) => <Badge color={state === 'open' ? 'orange' : 'gray'}>{t(`drift.states.${state}`)}</Badge>,
        },
        { title: t('drift.stored'), cell: ({ stored_digest }) => stored_digest && <Digest digest={stored_digest} /> },
        {
          title: t('drift.inRegistry'),
          cell: ({ registry_digest }) => registry_digest && <Digest digest={registry_digest} />,
        },
        { title: t('drift.why'), cell: ({ reason }) => reason },
        { title: t('drift.found'), cell: ({ found_at }) => <Time at={found_at} /> },
      ]}
    />
  );
}
