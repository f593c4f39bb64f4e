import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../libs/client/src/client.js';
import { api } from '../api/client.js';
import { useChange } from '../api/queries.js';
import { ConfirmByName } from './confirm.js';

interface Props {
  user: number;
  token: Answered<'ApplicationToken'>;
}

/** Ends a token for good: whoever uses it is refused from then on. */
export function RevokeToken({ user, token: { id, application } }: Props) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const revoke = useChange(
    () => api.DELETE('/api/v1/users/application_tokens/{id}', { params: { path: { id } } }),
    [['users', user, 'application_tokens'], ['application_tokens']],
  );
  return (
    <>
      <Button
        size="xs"
        variant="subtle"
        color="red"
        aria-label={t('tokens.revokeThis', { name: application })}
        onClick={modal.open}
      >
        {t('tokens.revoke')}
      </Button>
      <ConfirmByName
        title={t('tokens.revokeThis', { name: application })}
        name={application}
        act={t('tokens.revoke')}
        opened={opened}
        change={revoke}
        onClose={modal.close}
        onConfirm={() => revoke.mutate()}
      >
        <Text>{t('tokens.revokes')}</Text>
      </ConfirmByName>
    </>
  );
}
