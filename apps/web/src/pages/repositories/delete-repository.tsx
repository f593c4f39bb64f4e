import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { DeleteButton } from '../../parts/delete-button.js';

/** Deletes a repository at the registry, after showing how much that is. */
export function DeleteRepository({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const params = { path: { id } };
  const remove = useChange(() => api.DELETE('/api/v1/repositories/{id}', { params }), [['repositories']]);
  return (
    <DeleteButton
      title={t('repositories.delete', { name })}
      name={name}
      change={remove}
      onConfirm={() =>
        remove.mutate(undefined, { onSuccess: ({ id: deletion }) => void navigate({ to: `/deletions/${deletion}` }) })
      }
    >
      <WhatGoes id={id} />
    </DeleteButton>
  );
}

function WhatGoes({ id }: { id: number }) {
  const { t } = useTranslation();
  const preview = useOne(['repositories', id, 'deletion'], (signal) =>
    api.GET('/api/v1/repositories/{id}/deletion', { params: { path: { id } }, signal }),
  );
  if (!preview.data) return null;
  const { tags, immutable } = preview.data;
  return (
    <>
      <Text>{t('repositories.deletes', { count: tags })}</Text>
      {immutable.length > 0 && <Text c="red">{t('immutableKept', { tags: immutable.join(', ') })}</Text>}
    </>
  );
}
