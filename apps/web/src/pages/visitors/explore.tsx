import { Anchor, List, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { VisitorFrame } from './visitor-frame.js';

/** Public repositories, for everybody, where the installation shows them. */
export function Explore() {
  const { t } = useTranslation();
  const { q } = useSearch({ from: '/explore' });
  const navigate = useNavigate({ from: '/explore' });
  const look = useDebouncedCallback((text: string) => void navigate({ search: { q: text }, replace: true }), 250);
  const query = useList(['explore', q], (signal) =>
    api.GET('/api/v1/explore', { params: { query: { search: q } }, signal }),
  );
  return (
    <VisitorFrame title={t('explore.title')} wide>
      <TextInput
        type="search"
        label={t('explore.label')}
        defaultValue={q}
        maxLength={255}
        autoFocus
        onChange={(event) => look(event.currentTarget.value)}
      />
      {query.error && <ErrorBox error={query.error} />}
      {query.data?.items.length === 0 && <Text c="dimmed">{t('explore.nothing')}</Text>}
      <List aria-label={t('explore.title')}>
        {query.data?.items.map((found) => (
          <List.Item key={`${found.type}-${found.id}`}>
            <b>{found.name}</b> {found.description}
          </List.Item>
        ))}
      </List>
      <Anchor component={Link} to="/users/sign_in">
        {t('signIn.title')}
      </Anchor>
    </VisitorFrame>
  );
}
