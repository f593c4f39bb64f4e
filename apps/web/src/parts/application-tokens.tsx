import { Alert, Badge, Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../libs/client/src/client.js';
import { api } from '../api/client.js';
import { useList } from '../api/queries.js';
import { LoginCommands } from './client-commands.js';
import { Copy } from './copy.js';
import { DataList } from './data-list.js';
import { Empty } from './empty.js';
import { PAGE, usePlace } from './list-places.js';
import { NewToken } from './new-token.js';
import { RevokeToken } from './revoke-token.js';
import { Time } from './time.js';

type Token = Answered<'ApplicationToken'>;

interface Props {
  user: number;
  username: string;
}

/** Tokens with which programs act for a user; each is shown once, when it is made. */
export function ApplicationTokens({ user, username }: Props) {
  const { t } = useTranslation();
  const [opened, modal] = useDisclosure();
  const [made, setMade] = useState<string | null>(null);
  const [place, go] = usePlace('tokens');
  const query = useList(['users', user, 'application_tokens', place], (signal) =>
    api.GET('/api/v1/users/{id}/application_tokens', {
      params: { path: { id: user }, query: { ...PAGE, ...place } },
      signal,
    }),
  );
  return (
    <Stack>
      <Group>
        <Button onClick={modal.open}>{t('tokens.new')}</Button>
      </Group>
      <NewToken user={user} opened={opened} onClose={modal.close} onMade={setMade} />
      {made !== null && (
        <Alert
          color="teal"
          title={t('tokens.shownOnce')}
          withCloseButton
          onClose={() => setMade(null)}
          closeButtonLabel={t('close')}
        >
          <Stack gap="xs">
            <Copy text={made} />
            <LoginCommands username={username} />
          </Stack>
        </Alert>
      )}
      <DataList
        label={t('profile.tabs.tokens')}
        query={query}
        keyOf={({ id }) => id}
        search={place}
        onSearch={go}
        empty={<Empty text={t('tokens.empty')} />}
        columns={[
          { title: t('tokens.name'), cell: ({ application }) => application },
          { title: t('tokens.may'), cell: (token) => <May token={token} /> },
          { title: t('tokens.expires'), cell: ({ expires_at }) => <Time at={expires_at} /> },
          {
            title: t('tokens.lastUsed'),
            cell: ({ last_used_at, last_used_from }) => (
              <>
                <Time at={last_used_at} /> {last_used_from}
              </>
            ),
          },
          { title: t('tokens.revoke'), quiet: true, cell: (token) => <RevokeToken user={user} token={token} /> },
        ]}
      />
    </Stack>
  );
}

/** What it may at most. */
function May({ token: { actions, namespaces } }: { token: Token }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {actions === null
        ? t('tokens.all')
        : actions.map((action) => <Mark key={action} text={t(`actions.${action}`)} />)}
      {namespaces?.map((name) => (
        <Mark key={name} text={t('tokens.in', { name })} />
      ))}
    </Group>
  );
}

function Mark({ text }: { text: string }) {
  return (
    <Badge color="gray" tt="none">
      {text}
    </Badge>
  );
}
