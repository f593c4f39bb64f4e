import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';

/** Deletes a repository at the registry, after showing how much that is. */
export function DeleteRepository({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, modal] = useDisclosure();
  const params = { path: { id } };
  const remove = useChange(() => api.DELETE('/api/v1/repositories/{id}', { params }), [['repositories']]);
  return (
    <>
      <Button variant="light" color="red" onClick={modal.open}>
        {t('delete')}
      </Button>
      <ConfirmByName
        title={t('repositories.delete', { name })}
        name={name}
        act={t('delete')}
        opened={opened}
        busy={remove.isPending}
        error={remove.error}
        onClose={modal.close}
        onConfirm={() =>
          remove.mutate(undefined, { onSuccess: ({ id: deletion }) => void navigate({ to: `/deletions/${deletion}` }) })
        }
      >
        {opened && <WhatGoes id={id} />}
      </ConfirmByName>
    </>
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
