import { Anchor, Badge, Button, Group, Stack, Text, Title, Tooltip } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answered } from '../../../../../libs/client/src/client.js';
import { api } from '../../api/client.js';
import { useList, useOne } from '../../api/queries.js';
import { useMe } from '../../api/session.js';
import { DataList } from '../../parts/data-list.js';
import { Empty } from '../../parts/empty.js';
import { Severity } from '../../parts/severity.js';
import { Time } from '../../parts/time.js';
import { AcceptRisk, type RiskPlace } from '../risks/accept-risk.js';
import { FindingFilters } from './finding-filters.js';
import { findingFilter } from './tag-search.js';

type Finding = Answered<'Finding'>;

/** What was found, the worst first, paged and filtered by the server. */
export function Findings({ tag, scanners }: { tag: Answered<'Tag'>; scanners: readonly string[] }) {
  const { t } = useTranslation();
  const search = useSearch({ from: '/signed-in/tags/$id' });
  const navigate = useNavigate({ from: '/tags/$id' });
  const [accepting, setAccepting] = useState<Finding | null>(null);
  const places = useRiskPlaces(tag.repository.id);
  const filter = findingFilter(search);
  const asked = { ...filter, ...(search.page === undefined ? {} : { page: search.page }) };
  const query = useList(['tags', tag.id, 'findings', tag.scan.verdict_at, asked], (signal) =>
    api.GET('/api/v1/tags/{id}/vulnerabilities', { params: { path: { id: tag.id }, query: asked }, signal }),
  );
  const filtered = Object.keys(filter).length > 0;
  return (
    <Stack>
      <Title order={2} size="h4">
        {t('findings.list')}
      </Title>
      <FindingFilters
        of={filter}
        scanners={scanners}
        onFilter={(next) => void navigate({ search: { tab: 'vulnerabilities', ...next } })}
      />
      {accepting && (
        <AcceptRisk
          places={places}
          of={{ vulnerability: accepting.name, package: accepting.package }}
          onClose={() => setAccepting(null)}
        />
      )}
      <DataList
        label={t('findings.list')}
        query={query}
        keyOf={({ id, package: name, installed_version }) => `${id} ${name} ${installed_version}`}
        search={search}
        onSearch={(next) => void navigate({ search: { ...search, ...next } })}
        empty={<Empty text={t(filtered ? 'findings.noneSuch' : 'findings.none')} />}
        columns={[
          { title: t('findings.name'), cell: (finding) => <Name of={finding} /> },
          { title: t('findings.severity'), cell: ({ severity }) => <Severity of={severity} /> },
          { title: t('findings.package'), cell: (finding) => finding.package },
          { title: t('findings.installed'), cell: ({ installed_version }) => installed_version },
          { title: t('findings.fixed'), cell: ({ fixed_by }) => fixed_by ?? t('findings.noFix') },
          { title: t('findings.scanners'), cell: (finding) => finding.scanners.join(', ') },
          { title: t('findings.since'), cell: ({ first_found_at }) => <Time at={first_found_at} /> },
          {
            title: t('findings.accepted'),
            cell: (finding) => (
              <Acceptance of={finding} may={places.length > 0} onAccept={() => setAccepting(finding)} />
            ),
          },
        ]}
      />
    </Stack>
  );
}

/** Where this person may accept a risk of the image: where they own the team; administrators also everywhere. */
function useRiskPlaces(repository: number): readonly (RiskPlace | null)[] {
  const me = useMe();
  const { data } = useOne(['repositories', repository], (signal) =>
    api.GET('/api/v1/repositories/{id}', { params: { path: { id: repository } }, signal }),
  );
  const namespace = data?.namespace.id;
  const role = useOne(
    ['namespaces', namespace ?? 0],
    (signal) => api.GET('/api/v1/namespaces/{id}', { params: { path: { id: namespace ?? 0 } }, signal }),
    { when: namespace !== undefined },
  ).data?.permissions.role;
  if (!data) return [];
  const here = { id: data.namespace.id, name: data.namespace.name };
  if (me?.admin === true) return [here, null];
  return role === 'owner' ? [here] : [];
}

/** Its name, leading to where it is told of; what that is. Only web pages are linked: scanners pass on what others wrote. */
function Name({ of: { name, title, links } }: { of: Finding }) {
  const { t } = useTranslation();
  const link = links.find((one) => /^https?:\/\//i.test(one));
  return (
    <Stack gap={2} maw={340}>
      {link === undefined ? (
        <span>{name}</span>
      ) : (
        <Anchor href={link} target="_blank" rel="noopener noreferrer nofollow">
          {name}
        </Anchor>
      )}
      {title !== null && (
        <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Text>
      )}
      <Anchor
        inherit={false}
        size="xs"
        aria-label={t('findings.whereElse', { name })}
        renderRoot={(props) => <Link to="/scans" search={{ tab: 'images', cve: name }} {...props} />}
      >
        {t('findings.where')}
      </Anchor>
    </Stack>
  );
}

function Acceptance({ of, may, onAccept }: { of: Finding; may: boolean; onAccept: () => void }) {
  const { t } = useTranslation();
  const { accepted, name } = of;
  if (accepted !== null) {
    const told = t('findings.acceptedBy', { name: accepted.username, reason: accepted.reason });
    return (
      <Tooltip label={told} multiline maw={400} events={{ hover: true, focus: true, touch: true }}>
        <Group gap={4}>
          <Badge color="gray">{t('findings.accepted')}</Badge>
          <span className="only-read">{told}</span>
        </Group>
      </Tooltip>
    );
  }
  if (!may) return null;
  return (
    <Button size="xs" variant="default" aria-label={t('risks.acceptThis', { name })} onClick={onAccept}>
      {t('risks.accept')}
    </Button>
  );
}
