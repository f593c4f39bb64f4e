import { Anchor, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { Copy } from '../../parts/copy.js';
import { ErrorBox } from '../../parts/error-box.js';
import { ListPager } from '../../parts/list-pager.js';
import type { ListSearch } from '../../parts/list-search.js';
import { VisitorFrame } from './visitor-frame.js';

/** Public repositories, for everybody, where the installation shows them. */
export function Explore() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/explore' });
  const navigate = useNavigate({ from: '/explore' });
  const go = (next: ListSearch): void => void navigate({ search: next });
  const look = useDebouncedCallback((text: string) => go(text.trim() === '' ? {} : { q: text.trim() }), 250);
  const query = useList(['explore', search], (signal) =>
    api.GET('/api/v1/explore', { params: { query: placeOf(search) }, signal }),
  );
  return (
    <VisitorFrame title={t('explore.title')} wide>
      <Text>{t('explore.intro')}</Text>
      <TextInput
        type="search"
        label={t('explore.label')}
        defaultValue={search.q ?? ''}
        maxLength={255}
        autoFocus
        onChange={(event) => look(event.currentTarget.value)}
      />
      {query.error && <ErrorBox error={query.error} />}
      {query.data?.items.length === 0 && <Text c="dimmed">{t('explore.nothing')}</Text>}
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('explore.title')}>
        {query.data?.items.map(({ id, name, description, registry_hostname: host }) => (
          <Paper key={id} component="li" withBorder p="sm">
            <Text fw={600}>{name}</Text>
            {description !== '' && (
              <Text size="sm" lineClamp={3}>
                {description}
              </Text>
            )}
            <Copy text={`${host}/${name}`} />
          </Paper>
        ))}
      </Stack>
      {query.data && <ListPager of={query.data} search={search} onSearch={go} />}
      <Anchor component={Link} to="/users/sign_in">
        {t('signIn.title')}
      </Anchor>
    </VisitorFrame>
  );
}

/** It has one order. */
function placeOf({ page, q }: ListSearch): { page?: number; search?: string } {
  return { ...(page === undefined ? {} : { page }), ...(q === undefined ? {} : { search: q }) };
}
