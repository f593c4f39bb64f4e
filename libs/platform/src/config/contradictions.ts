import type { HostPort } from './options/option.js';

/** The settings that are looked at together. */
export interface RelatedSettings {
  redisUrl: string | null;
  redisSentinels: readonly HostPort[];
  redisCluster: readonly HostPort[];
  redisCaPath: string | null;
}

/** What is wrong with settings that are good by themselves, each as a sentence. */
export function contradictions(settings: RelatedSettings): string[] {
  const { redisUrl, redisSentinels, redisCluster, redisCaPath } = settings;
  const [sentinels, cluster] = [redisSentinels.length > 0, redisCluster.length > 0];
  const problems: string[] = [];
  if (sentinels && cluster) problems.push('PORTUS_REDIS_SENTINELS and PORTUS_REDIS_CLUSTER are both set');
  if ((sentinels || cluster) && redisUrl === null)
    problems.push(`${sentinels ? 'PORTUS_REDIS_SENTINELS' : 'PORTUS_REDIS_CLUSTER'} is set and REDIS_URL is not`);
  if (redisCaPath !== null && !redisUrl?.startsWith('rediss:'))
    problems.push('PORTUS_REDIS_CA_PATH is set, but REDIS_URL is not rediss://');
  return problems;
}
