import { Anchor, Tooltip } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client.js';
import { useOne } from '../../api/queries.js';
import { artifactKind } from '../../parts/artifact-kind.js';
import { Digest } from '../../parts/copy.js';
import { Facts } from '../../parts/facts.js';
import { Loading } from '../../parts/loading.js';
import { PageError } from '../../parts/page-error.js';
import { Page } from '../../parts/page.js';
import { PageTabs } from '../../parts/page-tabs.js';
import { Platforms } from '../../parts/platforms.js';
import { isUnderWay, ScanVerdict } from '../../parts/scan-verdict.js';
import { Size } from '../../parts/size.js';
import { Time } from '../../parts/time.js';
import { DeleteTag } from './delete-tag.js';
import { TagHistory } from './tag-history.js';
import { TagLayers } from './tag-layers.js';
import { TagManifest } from './tag-manifest.js';
import { TagPulls } from './tag-pulls.js';
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
    <Page title={`${tag.repository.full_name}:${tag.name}`} acts={<DeleteTag of={tag} />}>
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
          [t('tags.kind'), <Kind key="kind" type={kind ?? tag.media_type} />],
          [t('tags.columns.vulnerabilities'), <ScanVerdict key="scan" of={tag.scan} />],
        ]}
      />
      <PullCommands tag={tag} kind={kind} />
      <PageTabs
        tab={tab}
        titleOf={(name) => t(`tags.tabs.${name}`)}
        onTab={(next) => void navigate({ search: next === undefined ? {} : { tab: next } })}
        panels={{
          image: <TagManifest id={id} />,
          vulnerabilities: <TagVulnerabilities tag={tag} />,
          layers: <TagLayers tag={tag} />,
          history: <TagHistory id={id} digest={tag.digest} name={tag.name} />,
          pulls: <TagPulls id={id} />,
          referrers: <TagReferrers id={id} />,
        }}
      />
    </Page>
  );
}

/** The word for it, with the media type on hover; the type itself where there is no word. */
function Kind({ type }: { type: string }) {
  const { t } = useTranslation();
  const kind = artifactKind(type);
  if (kind === null) return type;
  return (
    <Tooltip label={type} events={{ hover: true, focus: true, touch: true }}>
      <span>{t(`tags.kinds.${kind}`)}</span>
    </Tooltip>
  );
}
