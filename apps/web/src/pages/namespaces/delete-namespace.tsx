import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';

/** Deletes a namespace with all that is in it, after showing how much that is. */
export function DeleteNamespace({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [opened, modal] = useDisclosure();
  const path = { id };
  const remove = useChange(() => api.DELETE('/api/v1/namespaces/{id}', { params: { path } }), [['namespaces']]);
  return (
    <>
      <Button variant="light" color="red" onClick={modal.open}>
        {t('delete')}
      </Button>
      <ConfirmByName
        title={t('namespaces.delete', { name })}
        name={name}
        act={t('delete')}
        opened={opened}
        busy={remove.isPending}
        error={remove.error}
        onClose={modal.close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/namespaces' }) })}
      >
        {opened && <WhatGoes id={id} />}
      </ConfirmByName>
    </>
  );
}

function WhatGoes({ id }: { id: number }) {
  const { t } = useTranslation();
  const preview = useOne(['namespaces', id, 'deletion'], (signal) =>
    api.GET('/api/v1/namespaces/{id}/deletion', { params: { path: { id } }, signal }),
  );
  if (!preview.data) return null;
  const { repositories, tags, immutable } = preview.data;
  return (
    <>
      <Text>{t('namespaces.deletes', { repositories, tags })}</Text>
      {immutable.length > 0 && <Text c="red">{t('immutableKept', { tags: immutable.join(', ') })}</Text>}
    </>
  );
}
