import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { WhatGoes } from '../../parts/what-goes.js';

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
        onConfirm={() =>
          remove.mutate(undefined, { onSuccess: ({ id: deletion }) => void navigate({ to: `/deletions/${deletion}` }) })
        }
      >
        {opened && <Preview id={id} />}
      </ConfirmByName>
    </>
  );
}

function Preview({ id }: { id: number }) {
  const preview = useOne(['namespaces', id, 'deletion'], (signal) =>
    api.GET('/api/v1/namespaces/{id}/deletion', { params: { path: { id } }, signal }),
  );
  return preview.data ? <WhatGoes {...preview.data} /> : null;
}
