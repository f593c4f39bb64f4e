import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { ErrorBox } from '../../parts/error-box.js';

interface Props {
  user: Answered<'User'>;
  onDeleted?: () => void;
}

/** What an administrator may change of somebody else; `onDeleted` when there is nobody to be shown any more. */
export function UserActs({ user, onDeleted }: Props) {
  const { t } = useTranslation();
  const me = useMe();
  const [deleting, confirm] = useDisclosure();
  const params = { path: { id: user.id } };
  const change = useChange(
    (changes: { admin?: boolean; enabled?: boolean; locked?: boolean }) =>
      api.PUT('/api/v1/users/{id}', { params, body: { user: changes } }),
    [['users']],
  );
  const remove = useChange(() => api.DELETE('/api/v1/users/{id}', { params }), [['users']]);
  if (me?.id === user.id) return null;
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="default" aria-label={t('users.actsOn', { name: user.username })}>
            {t('users.change')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {!user.bot && (
            <Menu.Item onClick={() => change.mutate({ admin: !user.admin })}>
              {t(user.admin ? 'users.demote' : 'users.promote')}
            </Menu.Item>
          )}
          <Menu.Item onClick={() => change.mutate({ enabled: !user.enabled })}>
            {t(user.enabled ? 'users.disable' : 'users.enable')}
          </Menu.Item>
          {user.locked_at !== null && (
            <Menu.Item onClick={() => change.mutate({ locked: false })}>{t('users.unlock')}</Menu.Item>
          )}
          <Menu.Item color="red" onClick={confirm.open}>
            {t('delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {change.error && <ErrorBox error={change.error} />}
      <ConfirmByName
        title={t('users.delete', { name: user.username })}
        name={user.username}
        act={t('delete')}
        opened={deleting}
        change={remove}
        onClose={confirm.close}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted ?? confirm.close })}
      >
        {t('users.deletes')}
      </ConfirmByName>
    </>
  );
}
