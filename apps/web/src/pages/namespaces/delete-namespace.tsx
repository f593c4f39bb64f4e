import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useOne } from '../../api/queries.js';
import { DeleteButton } from '../../parts/delete-button.js';
import { WhatGoes } from '../../parts/what-goes.js';

/** Deletes a namespace with all that is in it, after showing how much that is. */
export function DeleteNamespace({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const path = { id };
  const remove = useChange(() => api.DELETE('/api/v1/namespaces/{id}', { params: { path } }), [['namespaces']]);
  return (
    <DeleteButton
      title={t('namespaces.delete', { name })}
      name={name}
      change={remove}
      onConfirm={() =>
        remove.mutate(undefined, { onSuccess: ({ id: deletion }) => void navigate({ to: `/deletions/${deletion}` }) })
      }
    >
      <Preview id={id} />
    </DeleteButton>
  );
}

function Preview({ id }: { id: number }) {
  const preview = useOne(['namespaces', id, 'deletion'], (signal) =>
    api.GET('/api/v1/namespaces/{id}/deletion', { params: { path: { id } }, signal }),
  );
  return preview.data ? <WhatGoes {...preview.data} /> : null;
}
