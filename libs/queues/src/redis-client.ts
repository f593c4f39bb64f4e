import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import {
  type Callback,
  Cluster,
  type ClusterNode,
  type ClusterOptions,
  Redis,
  type RedisOptions,
  SentinelConnector,
} from 'ioredis';
import { ConfigurationError, type Settings } from '#platform/config/settings.js';

/** What the settings say of Redis. */
export type RedisSettings = Pick<
  Settings,
  'redisSentinels' | 'redisSentinelPassword' | 'redisCluster' | 'redisCaPath'
> & { redisUrl: string };

/** One server, one that sentinels watch, or several that share the keys. */
export type RedisKind = 'Redis' | 'Redis with Sentinel' | 'Redis Cluster';

/** Which of them the settings mean. */
export function redisKind({
  redisSentinels,
  redisCluster,
}: Pick<RedisSettings, 'redisSentinels' | 'redisCluster'>): RedisKind {
  if (redisCluster.length > 0) return 'Redis Cluster';
  return redisSentinels.length > 0 ? 'Redis with Sentinel' : 'Redis';
}

/**
 * A client that finds its server itself: by its address, by asking sentinels who is master, or by asking nodes of a
 * cluster who holds a key. It follows a failover: a server that takes no writes any more is left for the new master.
 *
 * @throws {ConfigurationError} when the file of trusted certificates can not be read
 */
export function makeRedisClient(settings: RedisSettings, how: RedisOptions): Redis | Cluster {
  const url = new URL(settings.redisUrl);
  const tls = tlsOf(url, settings.redisCaPath);
  const options: RedisOptions = { ...how, ...credentialsOf(url), ...(tls ? { tls } : {}), reconnectOnError: leave };
  const kind = redisKind(settings);
  if (kind === 'Redis Cluster') return overCluster(url, settings, options);
  const db = Number(url.pathname.slice(1) || '0');
  if (kind === 'Redis') return new LeavingRedis({ ...options, ...placeOf(url), db });
  return new LeavingRedis({
    ...options,
    db,
    sentinels: [...settings.redisSentinels],
    name: nameOf(url),
    failoverDetector: true,
    Connector: AskingConnector as NonNullable<RedisOptions['Connector']>,
    ...(settings.redisSentinelPassword === null ? {} : { sentinelPassword: settings.redisSentinelPassword }),
    ...(tls ? { sentinelTLS: tls, enableTLSForSentinelMode: true } : {}),
  });
}

/**
 * A client that hears of a failover while it asks for the new master already would end for good (ioredis 5.11: the word ends
 * the connection that is being made, and that error is none after which it tries again). Who asks needs no such word.
 */
class AskingConnector extends SentinelConnector {
  override async connect(...args: Parameters<SentinelConnector['connect']>): ReturnType<SentinelConnector['connect']> {
    // What is left of the connection before, above all who listens to the sentinels for it.
    this.disconnect();
    return super.connect(...args);
  }
}

/**
 * A client that ends when it is told to while it waits to try again. That of ioredis 5.11 waits for the end of a connection
 * that it does not have, and keeps what it was asked for good. It is told as one that has not begun.
 */
class LeavingRedis extends Redis {
  override disconnect(reconnect = false): void {
    if (!reconnect && this.status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }

  override duplicate(over: Partial<RedisOptions> = {}): Redis {
    return new LeavingRedis({ ...this.options, ...over });
  }
}

/**
 * The same for a cluster, whose client has a second fault: it says that it is closed once for each node that it leaves, the
 * last time after it has ended, and is no ended one any more. BullMQ closes no worker before all of this is right.
 */
class LeavingCluster extends Cluster {
  private isLeft = false;

  constructor(
    private readonly named: ClusterNode[],
    options: ClusterOptions,
  ) {
    super(named, options);
    this.on('close', () => {
      if (this.isLeft && this.status !== 'end') this.end();
    });
  }

  override connect(): Promise<void> {
    this.isLeft = false;
    return super.connect();
  }

  override disconnect(reconnect = false): void {
    if (reconnect) return super.disconnect(reconnect);
    this.isLeft = true;
    const isAlone = ['reconnecting', 'connecting', 'close'].includes(this.status) && this.nodes().length === 0;
    if (isAlone) this.end();
    else super.disconnect();
  }

  override quit(callback?: Callback<'OK'>): Promise<'OK'> {
    this.isLeft = true;
    return super.quit(callback);
  }

  override duplicate(nodes: ClusterNode[] = [], options: ClusterOptions = {}): Cluster {
    return new LeavingCluster(nodes.length > 0 ? nodes : this.named, { ...this.options, ...options });
  }

  /** As one that has not begun. */
  private end(): void {
    this.status = 'wait';
    super.disconnect();
  }
}

/** Clusters know one database only. */
function overCluster(url: URL, { redisCluster }: RedisSettings, options: RedisOptions): Cluster {
  const { retryStrategy, lazyConnect, enableOfflineQueue: _, ...ofNodes } = options;
  return new LeavingCluster([placeOf(url), ...redisCluster], {
    redisOptions: ofNodes,
    ...(lazyConnect === undefined ? {} : { lazyConnect }),
    clusterRetryStrategy: (attempt) => retryStrategy?.(attempt) ?? null,
    // Names must stay names where certificates are looked at.
    ...(options.tls ? { dnsLookup: (address, done) => done(null, address) } : {}),
  });
}

/** A master that was replaced says READONLY to every write. */
const leave = (error: Error): 1 | false => (error.message.startsWith('READONLY') ? 1 : false);

const nameOf = (url: URL): string => decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');

const placeOf = (url: URL): { host: string; port: number } => ({ host: nameOf(url), port: Number(url.port || '6379') });

function credentialsOf(url: URL): RedisOptions {
  return {
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  };
}

function tlsOf(url: URL, caPath: string | null): TlsOptions | null {
  if (url.protocol !== 'rediss:') return null;
  if (caPath === null) return {};
  try {
    return { ca: readFileSync(caPath) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`PORTUS_REDIS_CA_PATH can not be read: ${code ?? 'error'}`]);
  }
}
