import { Anchor, Tabs } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { Digest } from '../../parts/copy.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { Platforms } from '../../parts/platforms.js';
import { isUnderWay, ScanVerdict } from '../../parts/scan-verdict.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { TagHistory } from './tag-history.js';
import { TagLayers } from './tag-layers.js';
import { TagManifest } from './tag-manifest.js';
import { TagPulls } from './tag-pulls.js';
import { type TagTab, TABS } from './tag-search.js';
import { PullCommands } from './pull-commands.js';
import { TagReferrers } from './tag-referrers.js';
import { TagVulnerabilities } from './tag-vulnerabilities.js';

/** One tag: what it names now, what it named before, how to get it, what describes it. */
export function Tag() {
  const { t, i18n } = useTranslation();
  const id = Number(useParams({ from: '/signed-in/tags/$id' }).id);
  const { tab = 'image' } = useSearch({ from: '/signed-in/tags/$id' });
  const navigate = useNavigate({ from: '/tags/$id' });
  const params = { path: { id } };
  const query = useOne(['tags', id], (signal) => api.GET('/api/v1/tags/{id}', { params, signal }), {
    every: (known) => (known !== undefined && isUnderWay(known.scan.state) ? 2_000 : 30_000),
  });
  const manifest = useOne(['tags', id, 'manifest'], (signal) =>
    api.GET('/api/v1/tags/{id}/manifest', { params, signal }),
  ).data;
  if (query.error && !query.data) return <PageError error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Loading />;
  const tag = query.data;
  const kind = tag.artifact_type ?? (manifest === undefined ? undefined : manifest.config_media_type);
  return (
    <Page title={`${tag.repository.full_name}:${tag.name}`}>
      <Anchor component={Link} to={`/repositories/${tag.repository.id}`} w="fit-content">
        {t('tags.allOf', { name: tag.repository.full_name })}
      </Anchor>
      <Facts
        facts={[
          [t('tags.columns.image'), <Digest key="digest" digest={tag.digest} />],
          [t('tags.columns.platforms'), <Platforms key="platforms" of={tag} />],
          [t('tags.columns.size'), <Size key="size" bytes={tag.size} />],
          [t('tags.columns.author'), tag.author?.name ?? t('unknown')],
          [t('tags.columns.pushed'), <Time key="pushed" at={tag.updated_at} />],
          [t('tags.columns.pulled'), <Time key="pulled" at={tag.pulled_at} />],
          [t('repositories.pulls'), tag.pull_count.toLocaleString(i18n.language)],
          [t('tags.kind'), kind ?? tag.media_type],
          [t('tags.columns.vulnerabilities'), <ScanVerdict key="scan" of={tag.scan} />],
        ]}
      />
      <PullCommands tag={tag} kind={kind} />
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: value === 'image' ? {} : { tab: value as TagTab } })}
        keepMounted={false}
      >
        <Tabs.List>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tags.tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="image" pt="md">
          <TagManifest id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="vulnerabilities" pt="md">
          <TagVulnerabilities tag={tag} />
        </Tabs.Panel>
        <Tabs.Panel value="layers" pt="md">
          <TagLayers tag={tag} />
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="md">
          <TagHistory id={id} digest={tag.digest} name={tag.name} />
        </Tabs.Panel>
        <Tabs.Panel value="pulls" pt="md">
          <TagPulls id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="referrers" pt="md">
          <TagReferrers id={id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
