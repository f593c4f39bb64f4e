import { Alert, Button, Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { sessionQuery } from '../../api/session.js';
import logo from '../../app/portus.svg';
import { ErrorBox } from '../../parts/error-box.js';
import { Loading } from '../../parts/loading.js';
import { ChooseRegistry } from './choose-registry.js';
import { ConnectRegistry } from './connect-registry.js';
import { FirstAdmin } from './first-admin.js';

/** From an empty house to the first image: an administrator, a registry, its configuration, a push. */
export function Start() {
  const { t } = useTranslation();
  useDocumentTitle(`${t('start.title')} · Portus`);
  const session = useQuery(sessionQuery);
  const [registry, setRegistry] = useState<number | null>(null);
  const me = session.data ?? null;
  return (
    <Container size="md" py="xl" component="main">
      <Stack>
        <Group>
          <img src={logo} alt="" width={48} height={48} />
          <Title order={1}>{t('start.title')}</Title>
        </Group>
        <Text>{t('start.intro')}</Text>
        {session.error && <ErrorBox error={session.error} onRetry={() => void session.refetch()} />}
        {session.isPending ? (
          <Loading />
        ) : me === null ? (
          <Visitor />
        ) : !me.admin ? (
          <Alert title={t('start.adminsOnly')} />
        ) : (
          <>
            <Step number={2} title={t('start.registry')}>
              <ChooseRegistry chosen={registry} onChosen={setRegistry} />
            </Step>
            {registry !== null && (
              <Step number={3} title={t('start.config')}>
                <ConnectRegistry key={registry} id={registry} username={me.username} />
              </Step>
            )}
          </>
        )}
      </Stack>
    </Container>
  );
}

/** The first one makes an account; everybody else has to sign in. */
function Visitor() {
  const { t } = useTranslation();
  const options = useOne(['session options'], (signal) => api.GET('/api/v1/session/options', { signal }));
  if (options.error) return <ErrorBox error={options.error} onRetry={() => void options.refetch()} />;
  if (!options.data) return <Loading />;
  if (options.data.first_user) {
    return (
      <Step number={1} title={t('start.admin')}>
        <FirstAdmin secret={options.data.first_user_secret} />
      </Step>
    );
  }
  return (
    <Alert title={t('start.claimed')}>
      <Stack align="flex-start">
        <Text size="sm">{t('start.late')}</Text>
        <Button renderRoot={(props) => <Link to="/users/sign_in" search={{ back: '/start' }} {...props} />}>
          {t('start.signIn')}
        </Button>
      </Stack>
    </Alert>
  );
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Stack>
        <Title order={2} size="h3">
          {number}. {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}
