import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { Page } from '../../parts/page.js';

const PLACES = { repository: 'repositories', namespace: 'namespaces', team: 'teams', tag: 'tags' } as const;

/** Of each type; where there may be more, its list is filtered by the same text. */
const LIMIT = 20;
const LISTS = ['repository', 'namespace', 'team'] as const;

/** What has this text in its name. */
export function Search() {
  const { t } = useTranslation();
  const { q } = useSearch({ from: '/signed-in/search' });
  const query = useList(['search', q], (signal) =>
    q === ''
      ? Promise.resolve(nothing())
      : api.GET('/api/v1/search', { params: { query: { search: q, limit: LIMIT } }, signal }),
  );
  return (
    <Page title={t('search.title', { q })}>
      {query.error && <ErrorBox error={query.error} />}
      {query.isPending && <Loading />}
      {query.data?.items.length === 0 && <Empty text={t('search.nothing')} />}
      <Stack gap="xs">
        {query.data?.items.map((found) => (
          <Group key={`${found.type}-${found.id}`} gap="sm">
            <Badge color="gray" w={110}>
              {t(`search.types.${found.type}`)}
            </Badge>
            <Anchor component={Link} to={`/${PLACES[found.type]}/${found.id}`}>
              {found.name}
            </Anchor>
            <Text size="sm" c="dimmed" lineClamp={1}>
              {found.description}
            </Text>
          </Group>
        ))}
      </Stack>
      <More of={query.data?.items ?? []} q={q} />
    </Page>
  );
}

function More({ of, q }: { of: readonly Answered<'Found'>[]; q: string }) {
  const { t } = useTranslation();
  const full = LISTS.filter((type) => of.filter((found) => found.type === type).length >= LIMIT);
  return full.map((type) => (
    <Anchor
      key={type}
      w="fit-content"
      renderRoot={(props) => <Link to={`/${PLACES[type]}`} search={{ q }} {...props} />}
    >
      {t(`search.all.${type}`)}
    </Anchor>
  ));
}

function nothing(): { data: Answered<'Found'>[]; response: Response } {
  return { data: [], response: new Response() };
}
