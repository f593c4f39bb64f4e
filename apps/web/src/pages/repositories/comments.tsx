import { Button, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { PAGE } from '../../parts/list-places.js';
import { ListPager } from '../../parts/list-pager.js';
import { Markdown } from '../../parts/markdown.js';
import { Time } from '../../parts/time.js';

const NEWEST_FIRST = { sort_attr: 'id', sort_order: 'desc' } as const;

/** What people say of a repository, newest first. */
export function Comments({ id }: { id: number }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState('');
  const key = ['repositories', id, 'comments'] as const;
  const params = { path: { id } };
  const { page } = useSearch({ from: '/signed-in/repositories/$id' });
  const navigate = useNavigate({ from: '/repositories/$id' });
  const place = page === undefined ? {} : { page };
  const query = useList([...key, place], (signal) =>
    api.GET('/api/v1/repositories/{id}/comments', {
      params: { path: { id }, query: { ...PAGE, ...place, ...NEWEST_FIRST } },
      signal,
    }),
  );
  const write = useChange(
    (body: string) => api.POST('/api/v1/repositories/{id}/comments', { params, body: { comment: { body } } }),
    [key],
  );
  const remove = useChange(
    (comment_id: number) =>
      api.DELETE('/api/v1/repositories/{id}/comments/{comment_id}', { params: { path: { id, comment_id } } }),
    [key],
  );
  const error = query.error ?? write.error ?? remove.error;
  return (
    <Stack>
      {error && <ErrorBox error={error} />}
      <Textarea
        label={t('comments.write')}
        description={t('description.hint')}
        autosize
        minRows={3}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button
          disabled={draft.trim() === ''}
          loading={write.isPending}
          onClick={() => write.mutate(draft, { onSuccess: () => setDraft('') })}
        >
          {t('comments.send')}
        </Button>
      </Group>
      {query.data?.items.length === 0 && <Empty text={t('comments.empty')} />}
      {query.data?.items.map((comment) => (
        <Paper key={comment.id} withBorder p="md">
          <Group justify="space-between">
            <Text size="sm">
              <b>{comment.author.name}</b> · <Time at={comment.created_at} />
            </Text>
            {comment.destroyable && (
              <Button size="xs" variant="subtle" color="red" onClick={() => remove.mutate(comment.id)}>
                {t('delete')}
              </Button>
            )}
          </Group>
          <Markdown text={comment.body} />
        </Paper>
      ))}
      {query.data && query.data.items.length > 0 && (
        <ListPager
          of={query.data}
          search={place}
          onSearch={(next) => void navigate({ search: { tab: 'comments', ...(next.page && { page: next.page }) } })}
        />
      )}
    </Stack>
  );
}
