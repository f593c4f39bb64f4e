import { Button, Group, Select, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { ErrorBox } from '../../parts/error-box.js';
import { PAGE, usePlace } from '../../parts/list-places.js';
import { Time } from '../../parts/time.js';

const ROLES = ['viewer', 'contributor', 'owner'] as const;
type Role = (typeof ROLES)[number];
type Member = Answered<'TeamMember'>;

/** Who is in a team; its owners change that here. */
export function Members({ team, changeable }: { team: number; changeable: boolean }) {
  const { t } = useTranslation();
  const [place, go] = usePlace('members');
  const query = useList(['teams', team, 'members', place], (signal) =>
    api.GET('/api/v1/teams/{id}/members', { params: { path: { id: team }, query: { ...PAGE, ...place } }, signal }),
  );
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('teams.members')}
      </Title>
      {changeable && <AddMember team={team} />}
      <DataList
        label={t('teams.members')}
        query={query}
        keyOf={({ id }) => id}
        search={place}
        onSearch={go}
        empty={<Empty text={t('teams.noMembers')} />}
        columns={[
          { title: t('signIn.username'), cell: (member) => nameOf(member) },
          {
            title: t('teams.role'),
            cell: (member) => (changeable ? <ChooseRole team={team} of={member} /> : t(`roles.${member.role}`)),
          },
          { title: t('teams.since'), cell: ({ created_at }) => <Time at={created_at} /> },
          ...(changeable
            ? [{ title: t('users.acts'), cell: (member: Member) => <Remove team={team} member={member} /> }]
            : []),
        ]}
      />
    </Stack>
  );
}

function ChooseRole({ team, of: { id: member_id, username, role } }: { team: number; of: Member }) {
  const { t } = useTranslation();
  const change = useChange(
    (next: Role) =>
      api.PUT('/api/v1/teams/{id}/members/{member_id}', {
        params: { path: { id: team, member_id } },
        body: { role: next },
      }),
    [['teams', team]],
  );
  return (
    <>
      <Select
        aria-label={t('teams.roleOf', { name: username })}
        data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
        value={role}
        maw={220}
        allowDeselect={false}
        onChange={(next) => change.mutate(next as Role)}
      />
      {change.error && <ErrorBox error={change.error} />}
    </>
  );
}

function Remove({ team, member: { id: member_id, username } }: { team: number; member: Member }) {
  const { t } = useTranslation();
  const remove = useChange(
    () => api.DELETE('/api/v1/teams/{id}/members/{member_id}', { params: { path: { id: team, member_id } } }),
    [['teams', team]],
  );
  return (
    <>
      <Button
        size="xs"
        variant="subtle"
        color="red"
        aria-label={t('teams.removeThis', { name: username })}
        onClick={() => remove.mutate()}
      >
        {t('teams.remove')}
      </Button>
      {remove.error && <ErrorBox error={remove.error} />}
    </>
  );
}

function nameOf({ display_name, username }: Member): string {
  return display_name ? `${display_name} (${username})` : username;
}

function AddMember({ team }: { team: number }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { user: '', role: 'viewer' as Role } });
  const add = useChange(
    (body: { user: string; role: Role }) =>
      api.POST('/api/v1/teams/{id}/members', { params: { path: { id: team } }, body }),
    [['teams', team]],
  );
  const submit = form.onSubmit((values) => add.mutate(values, { onSuccess: () => form.reset() }));
  return (
    <form onSubmit={submit}>
      {add.error && <ErrorBox error={add.error} />}
      <Group align="flex-end">
        <TextInput label={t('signIn.username')} required autoComplete="off" {...form.getInputProps('user')} />
        <Select
          label={t('teams.role')}
          data={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
        />
        <Button type="submit" loading={add.isPending}>
          {t('teams.add')}
        </Button>
      </Group>
    </form>
  );
}
