import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useChange, useList } from '../../api/queries.js';
import { ConfirmByName } from '../../parts/confirm.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import type { ListSearch } from '../../parts/list-search.js';
import { Time } from '../../parts/time.js';
import { AcceptRisk, type RiskPlace } from './accept-risk.js';

type Risk = Answered<'AcceptedRisk'>;

interface Props {
  /** Where they hold; null: everywhere. */
  place: RiskPlace | null;
  changeable: boolean;
  search: ListSearch;
  onSearch: (search: ListSearch) => void;
}

/** Vulnerabilities that somebody decided to live with, with their reasons and ends. */
export function Risks({ place, changeable, search, onSearch }: Props) {
  const { t } = useTranslation();
  const [accepting, form] = useDisclosure();
  const [ending, setEnding] = useState<Risk | null>(null);
  const query = useRisks(place, search.page);
  return (
    <Stack>
      <Group justify="space-between">
        <Text maw={700}>{t(place === null ? 'risks.intro' : 'risks.introHere')}</Text>
        {changeable && <Button onClick={form.open}>{t('risks.add')}</Button>}
      </Group>
      {accepting && <AcceptRisk places={[place]} of={null} onClose={form.close} />}
      {ending && <EndRisk place={place} risk={ending} onClose={() => setEnding(null)} />}
      <DataList
        label={t('risks.title')}
        query={query}
        keyOf={({ id }) => id}
        search={search}
        onSearch={onSearch}
        empty={<Empty text={t('risks.none')} />}
        columns={[
          { title: t('risks.vulnerability'), cell: ({ vulnerability }) => vulnerability },
          { title: t('findings.package'), cell: (risk) => risk.package ?? t('risks.everyPackage') },
          { title: t('risks.reason'), cell: ({ reason }) => <Text size="sm">{reason}</Text> },
          { title: t('risks.by'), cell: ({ author }) => author.name },
          { title: t('risks.made'), cell: ({ created_at }) => <Time at={created_at} /> },
          { title: t('risks.ends'), cell: (risk) => <Ends of={risk} /> },
          ...(changeable
            ? [{ title: t('users.acts'), cell: (risk: Risk) => <EndButton of={risk} onEnd={() => setEnding(risk)} /> }]
            : []),
        ]}
      />
    </Stack>
  );
}

function useRisks(place: RiskPlace | null, page: number | undefined) {
  const query = page === undefined ? {} : { page };
  return useList(['risks', place?.id ?? null, page], (signal) =>
    place === null
      ? api.GET('/api/v1/accepted_risks', { params: { query }, signal })
      : api.GET('/api/v1/namespaces/{id}/accepted_risks', { params: { path: { id: place.id }, query }, signal }),
  );
}

function Ends({ of: { expires_at, expired } }: { of: Risk }) {
  const { t } = useTranslation();
  if (expires_at === null) return <span>{t('risks.never')}</span>;
  return (
    <Group gap={4}>
      <Time at={expires_at} />
      {expired && <Badge color="gray">{t('risks.over')}</Badge>}
    </Group>
  );
}

function EndButton({ of, onEnd }: { of: Risk; onEnd: () => void }) {
  const { t } = useTranslation();
  return (
    <Button size="xs" variant="default" aria-label={t('risks.endThis', { name: of.vulnerability })} onClick={onEnd}>
      {t('risks.end')}
    </Button>
  );
}

function EndRisk({ place, risk, onClose }: { place: RiskPlace | null; risk: Risk; onClose: () => void }) {
  const { t } = useTranslation();
  const name = risk.vulnerability;
  const end = useChange(
    (): Promise<{ response: Response }> =>
      place === null
        ? api.DELETE('/api/v1/accepted_risks/{risk_id}', { params: { path: { risk_id: risk.id } } })
        : api.DELETE('/api/v1/namespaces/{id}/accepted_risks/{risk_id}', {
            params: { path: { id: place.id, risk_id: risk.id } },
          }),
    [['risks'], ['tags']],
  );
  return (
    <ConfirmByName
      title={t('risks.endThis', { name })}
      name={name}
      act={t('risks.end')}
      opened
      change={end}
      onClose={onClose}
      onConfirm={() => end.mutate(undefined, { onSuccess: onClose })}
    >
      <Text>{t('risks.endsHint', { name })}</Text>
    </ConfirmByName>
  );
}
