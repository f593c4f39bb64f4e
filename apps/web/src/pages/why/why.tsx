import { Alert, Button, Group, List, Paper, Select, Skeleton, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { answer, api } from '../../api/client.js';
import { useMe } from '../../api/session.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Page } from '../../parts/page.js';
import { Denials } from './denials.js';
import { Rule } from './rule.js';
import { WhereToMend } from './where-to-mend.js';
import { ACTIONS, type WhySearch } from './why-search.js';

/** May this user do that, and why; and what was refused lately. */
export function Why() {
  const { t } = useTranslation();
  const { user, action, repository } = useSearch({ from: '/signed-in/why' });
  const question = { ...(user && { user }), ...(action && { action }), ...(repository && { repository }) };
  return (
    <Page title={t('why.title')}>
      <Question key={JSON.stringify(question)} asked={question} />
      {question.repository !== undefined && <Explained {...question} repository={question.repository} />}
      <Title order={2} size="h3">
        {t('why.refused')}
      </Title>
      <Denials />
    </Page>
  );
}

/** What is asked; filled with what the address asks, so that it can be asked a little differently. */
function Question({ asked }: { asked: WhySearch }) {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate({ from: '/why' });
  const form = useForm({
    initialValues: {
      user: asked.user ?? me?.username ?? '',
      action: asked.action ?? 'push',
      repository: asked.repository ?? '',
    },
  });
  const ask = form.onSubmit(
    ({ user, action, repository }) =>
      void navigate({ search: { user, action: action as NonNullable<WhySearch['action']>, repository } }),
  );
  return (
    <form onSubmit={ask}>
      <Group align="flex-end">
        <TextInput label={t('why.user')} disabled={me?.admin !== true} {...form.getInputProps('user')} />
        <Select
          label={t('why.action')}
          data={ACTIONS.map((value) => ({ value, label: t(`actions.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('action')}
        />
        <TextInput
          label={t('why.repository')}
          placeholder="team/image"
          required
          {...form.getInputProps('repository')}
        />
        <Button type="submit">{t('why.ask')}</Button>
      </Group>
    </form>
  );
}

function Explained({ user, action = 'push', repository }: WhySearch & { repository: string }) {
  const query = useQuery({
    queryKey: ['explain', user, action, repository],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/explain', { params: { query: { repository, action, ...(user ? { user } : {}) } }, signal }),
      ),
  });
  if (query.error) return <ErrorBox error={query.error} />;
  // As high as most explanations, so that what follows does not jump.
  return query.data ? <Explanation of={query.data} /> : <Skeleton height={480} aria-busy="true" />;
}

function Explanation({ of }: { of: Answered<'Explanation'> }) {
  const { t } = useTranslation();
  return (
    <Paper withBorder p="md">
      <Stack>
        <Alert color={of.allowed ? 'teal' : 'red'} title={t(of.allowed ? 'why.yes' : 'why.no')}>
          {of.because}
        </Alert>
        {of.change !== null && (
          <Text>
            <b>{t('why.change')}</b> {of.change}
          </Text>
        )}
        <Text fw={600}>{t('why.rules')}</Text>
        <List spacing={4}>
          {of.rules.map((one) => (
            <Rule key={one.rule} of={one} />
          ))}
        </List>
        {!of.allowed && of.facts.namespace !== '' && <WhereToMend namespace={of.facts.namespace} />}
      </Stack>
    </Paper>
  );
}
