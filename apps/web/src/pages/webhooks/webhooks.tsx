import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useList } from '../../api/queries.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { apiQuery, type ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';
import { EventNames } from './event-names.js';
import { Toggle, WebhookState } from './toggle.js';
import { WebhookForm } from './webhook-form.js';

interface Props {
  namespace: number;
  /** Whether this person may make and change them. */
  changeable: boolean;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** Systems that are told of what happens in a namespace. */
export function Webhooks({ namespace, changeable, search, onSearch }: Props) {
  const { t } = useTranslation();
  const [making, form] = useDisclosure();
  const asked = apiQuery(search);
  const query = useList(['webhooks', namespace, asked], (signal) =>
    api.GET('/api/v1/namespaces/{id}/webhooks', { params: { path: { id: namespace }, query: asked }, signal }),
  );
  return (
    <Stack>
      <Group justify="space-between">
        <Text>{t('webhooks.intro')}</Text>
        {changeable && <Button onClick={form.open}>{t('webhooks.new')}</Button>}
      </Group>
      {making && <WebhookForm namespace={namespace} of={null} onClose={form.close} />}
      <DataList
        label={t('webhooks.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={<Empty text={t('webhooks.none')} />}
        columns={[
          {
            title: t('webhooks.name'),
            sort: 'name',
            cell: ({ id, name }) => (
              <Anchor component={Link} to={`/namespaces/${namespace}/webhooks/${id}`}>
                {name}
              </Anchor>
            ),
          },
          { title: t('webhooks.url'), cell: ({ url }) => <span style={{ overflowWrap: 'anywhere' }}>{url}</span> },
          { title: t('webhooks.events'), cell: ({ events }) => <EventNames of={events} /> },
          { title: t('webhooks.state'), cell: (webhook) => <WebhookState of={webhook} /> },
          { title: t('webhooks.made'), sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
          { title: t('users.acts'), cell: (webhook) => changeable && <Toggle namespace={namespace} of={webhook} /> },
        ]}
      />
    </Stack>
  );
}
