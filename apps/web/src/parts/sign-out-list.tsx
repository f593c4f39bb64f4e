import { Button, Title } from '@mantine/core';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Listed } from '../api/client.js';
import { type Column, DataList } from './data-list.js';
import { Empty } from './empty.js';
import { ErrorBox } from './error-box.js';
import { type PlaceName, usePlace } from './list-places.js';
import { Time } from './time.js';

interface Login {
  id: number;
  last_used_at: string | null;
}

interface Props<T extends Login> {
  title: string;
  empty: string;
  place: PlaceName;
  query: UseQueryResult<Listed<T>>;
  end: Pick<UseMutationResult<unknown, Error, number>, 'mutate' | 'error'>;
  /** What they are called; null: it is the one that is used here, and ended by signing out. */
  nameOf: (item: T) => string | null;
  columns: readonly Column<T>[];
}

/** Where somebody is signed in; each can be ended. */
export function SignOutList<T extends Login>({ title, empty, place, query, end, nameOf, columns }: Props<T>) {
  const { t } = useTranslation();
  const [search, go] = usePlace(place);
  const button = (item: T) => {
    const name = nameOf(item);
    if (name === null) return null;
    return (
      <Button
        size="xs"
        variant="subtle"
        color="red"
        aria-label={t('sessions.endOf', { name })}
        onClick={() => end.mutate(item.id)}
      >
        {t('sessions.end')}
      </Button>
    );
  };
  return (
    <>
      <Title order={2} size="h3">
        {title}
      </Title>
      {end.error && <ErrorBox error={end.error} />}
      <DataList
        label={title}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={go}
        empty={<Empty text={empty} />}
        columns={[
          ...columns,
          { title: t('sessions.used'), cell: ({ last_used_at }) => <Time at={last_used_at} /> },
          { title: t('sessions.end'), quiet: true, cell: button },
        ]}
      />
    </>
  );
}
