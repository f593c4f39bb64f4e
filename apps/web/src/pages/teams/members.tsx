import { Button, Group, Select, Stack, Table, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ErrorBox } from '../../parts/error-box.js';
import { Time } from '../../parts/time.js';

const ROLES = ['viewer', 'contributor', 'owner'] as const;
type Role = (typeof ROLES)[number];

/** Who is in a team; its owners change that here. */
export function Members({ team, changeable }: { team: number; changeable: boolean }) {
  const { t } = useTranslation();
  const key = ['teams', team] as const;
  const query = useList([...key, 'members'], (signal) =>
    api.GET('/api/v1/teams/{id}/members', { params: { path: { id: team } }, signal }),
  );
  const change = useChange(
    ({ member, role }: { member: number; role: Role }) =>
      api.PUT('/api/v1/teams/{id}/members/{member_id}', {
        params: { path: { id: team, member_id: member } },
        body: { role },
      }),
    [key],
  );
  const remove = useChange(
    (member: number) =>
      api.DELETE('/api/v1/teams/{id}/members/{member_id}', { params: { path: { id: team, member_id: member } } }),
    [key],
  );
  const error = query.error ?? change.error ?? remove.error;
  const roles = ROLES.map((value) => ({ value, label: t(`roles.${value}`) }));
  return (
    <Stack>
      <Title order={2} size="h3">
        {t('teams.members')}
      </Title>
      {error && <ErrorBox error={error} />}
      {changeable && <AddMember team={team} />}
      <Table.ScrollContainer minWidth={480}>
        <Table aria-label={t('teams.members')}>
          <Table.Tbody>
            {query.data?.items.map((member) => (
              <Table.Tr key={member.id}>
                <Table.Td>
                  {member.display_name ? `${member.display_name} (${member.username})` : member.username}
                </Table.Td>
                <Table.Td>
                  {changeable ? (
                    <Select
                      aria-label={t('teams.roleOf', { name: member.username })}
                      data={roles}
                      value={member.role}
                      maw={220}
                      allowDeselect={false}
                      onChange={(role) => change.mutate({ member: member.id, role: role as Role })}
                    />
                  ) : (
                    t(`roles.${member.role}`)
                  )}
                </Table.Td>
                <Table.Td>
                  <Time at={member.created_at} />
                </Table.Td>
                <Table.Td>
                  {changeable && (
                    <Button size="xs" variant="subtle" color="red" onClick={() => remove.mutate(member.id)}>
                      {t('teams.remove')}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
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
