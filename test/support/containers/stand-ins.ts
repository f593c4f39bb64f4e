import { createHash } from 'node:crypto';
import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NO_MAPPING } from '../real-clair.js';
import { mustRun } from '../run-client.js';
import type { Engine } from './engine.js';

/**
 * Images that stand in for the official ones where no registry of images can be reached. They have the names, programs,
 * paths and variables that docker/Dockerfile and docker/compose.yaml use, and nothing else: Debian's nginx and Redis,
 * npm's PostgreSQL and Node, and the registries and scanners that the other tests run. Only here does an image hold this
 * machine's certificate authorities, for npm.
 */
export interface StandIn {
  /** Such as `redis:7.4.5-bookworm`. */
  image: string;
  kind: 'debian' | 'node' | 'nginx' | 'postgres' | 'redis' | 'registry-2.8' | 'registry-3' | 'trivy' | 'clair';
}

interface Recipe {
  lines: string[];
  /** Files beside the Dockerfile: a path to copy, or a text. */
  files?: Record<string, { from: string } | { text: string }>;
}

const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n';

/** As the official entry point: makes the cluster and the database that the variables name, then runs the command. */
const POSTGRES_ENTRYPOINT = `#!/bin/sh
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" -A scram-sha-256 $POSTGRES_INITDB_ARGS
  echo "CREATE DATABASE $POSTGRES_DB" | postgres --single -D "$PGDATA" postgres
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
exec "$@" -D "$PGDATA"
`;
const WGET = 'mkdir -p /usr/local/bin && ln -s /bin/busybox /usr/local/bin/wget';
/** Whether somebody listens; npm's PostgreSQL has no such program. */
const PG_ISREADY = '#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/5432\n';

/** Makes those that are not there yet, or were made otherwise. */
export async function ensureStandIns(engine: Engine, wanted: StandIn[]): Promise<void> {
  const debian = wanted.find(({ kind }) => kind === 'debian')!.image;
  await ensureDebian(engine, debian);
  for (const { image, kind } of wanted) {
    if (kind !== 'debian') await ensure(engine, image, await recipeOf(kind, debian));
  }
}

function needed(variable: string): string {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} names nothing`);
  return path;
}

const parts = (): string => needed('PORTUS_TEST_CONTAINER_PARTS');

async function ensureDebian(engine: Engine, image: string): Promise<void> {
  const base = 'portus-stand-in/base:1';
  if ((await engine.run('image', 'inspect', base)).code !== 0) {
    const socket = `unix://${engine.home}/docker.sock`;
    const docker = process.env['PORTUS_TEST_DOCKER'] ?? 'docker';
    const pipe = 'tar -C "$1" -c . | "$0" -H "$2" import - "$3"';
    await mustRun('/bin/sh', ['-c', pipe, docker, join(parts(), 'root'), socket, base]);
  }
  // Debian's shell is a link that its package makes when it is installed; these are unpacked only.
  const shell = 'ln -sf dash /bin/sh && mkdir -p /root /tmp && chmod 1777 /tmp';
  await ensure(engine, image, {
    lines: [`FROM ${base}`, 'COPY passwd group /etc/', `RUN ["/bin/bash", "-c", "${shell}"]`],
    files: { passwd: { text: PASSWD }, group: { text: 'root:x:0:\n' } },
  });
}

async function recipeOf(kind: Exclude<StandIn['kind'], 'debian'>, debian: string): Promise<Recipe> {
  const from = `FROM ${debian}`;
  switch (kind) {
    case 'node':
      return nodeRecipe(from);
    case 'nginx':
      return { lines: [from, 'RUN mkdir -p /var/log/nginx && ln -sf /dev/stderr /var/log/nginx/error.log'] };
    case 'redis':
      return { lines: [from, 'RUN mkdir -p /data'] };
    case 'postgres':
      return postgresRecipe(from);
    case 'registry-2.8':
    case 'registry-3': {
      const program = needed(kind === 'registry-3' ? 'PORTUS_TEST_REGISTRY_3' : 'PORTUS_TEST_REGISTRY_28');
      const lines = [from, 'COPY registry /bin/registry', `RUN mkdir -p /var/lib/registry && ${WGET}`];
      return { lines, files: { registry: { from: program } } };
    }
    case 'trivy':
      return trivyRecipe(from);
    case 'clair': {
      const lines = [from, 'COPY clair clairctl /bin/', 'COPY mapping.json /', 'ENTRYPOINT ["/bin/clair"]'];
      const programs = { clair: needed('PORTUS_TEST_CLAIR'), clairctl: needed('PORTUS_TEST_CLAIRCTL') };
      const files = { clair: { from: programs.clair }, clairctl: { from: programs.clairctl } };
      return { lines, files: { ...files, 'mapping.json': { text: NO_MAPPING } } };
    }
  }
}

/** The database is where a volume for the cache is mounted, and so in the volume: it is fetched from nowhere. */
function trivyRecipe(from: string): Recipe {
  const lines = [
    from,
    'COPY trivy /usr/local/bin/trivy',
    'COPY database /cache',
    `RUN chown -R 10001:10001 /cache && ${WGET}`,
    'ENV TRIVY_SKIP_DB_UPDATE=true TRIVY_SKIP_JAVA_DB_UPDATE=true TRIVY_SKIP_VERSION_CHECK=true',
    'ENTRYPOINT ["trivy"]',
  ];
  const files = {
    trivy: { from: needed('PORTUS_TEST_TRIVY') },
    database: { from: needed('PORTUS_TEST_TRIVY_DB') },
  };
  return { lines, files };
}

async function nodeRecipe(from: string): Promise<Recipe> {
  const npm = dirname(dirname(await realpath(process.env['npm_execpath'] ?? (await mustRun('which', ['npm'])).trim())));
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  const lines = [
    from,
    'COPY node /usr/local/bin/node',
    'COPY npm /usr/local/lib/node_modules/npm',
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -sf /bin/busybox /usr/bin/env',
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root',
  ];
  const files: Recipe['files'] = { node: { from: join(parts(), 'node') }, npm: { from: npm } };
  if (existsSync(authorities)) {
    files['ca.crt'] = { from: authorities };
    lines.push('COPY ca.crt /usr/local/share/ca.crt');
    lines.push('ENV NODE_EXTRA_CA_CERTS=/usr/local/share/ca.crt npm_config_cafile=/usr/local/share/ca.crt');
  }
  return { lines, files };
}

function postgresRecipe(from: string): Recipe {
  const lines = [
    from,
    'COPY native /usr/local/pgsql',
    'COPY entrypoint.sh pg_isready /usr/local/bin/',
    // initdb asks for the name of its user. The official image makes one up.
    `RUN chmod 755 /usr/local/bin/* && echo 'postgres:x:10001:10001::/nonexistent:/bin/sh' >> /etc/passwd && mkdir -p -m 1777 /var/lib/postgresql/data`,
    'ENV PATH=/usr/local/pgsql/bin:/usr/local/bin:/usr/bin:/bin LD_LIBRARY_PATH=/usr/local/pgsql/lib POSTGRES_INITDB_ARGS=""',
    'ENTRYPOINT ["entrypoint.sh"]',
    'CMD ["postgres"]',
  ];
  const files = {
    native: { from: dirname(needed('PORTUS_TEST_PG_BIN')) },
    'entrypoint.sh': { text: POSTGRES_ENTRYPOINT },
    pg_isready: { text: PG_ISREADY },
  };
  return { lines, files };
}

/** Builds an image unless it is there and of the same recipe. */
async function ensure(engine: Engine, image: string, { lines, files = {} }: Recipe): Promise<void> {
  const recipe = createHash('sha256')
    .update(JSON.stringify([lines, files]))
    .digest('hex');
  const found = await engine.run('image', 'inspect', '-f', '{{index .Config.Labels "recipe"}}', image);
  if (found.code === 0 && found.stdout.trim() === recipe) return;
  const folder = await mkdtemp('/tmp/pe-context-');
  try {
    for (const [name, content] of Object.entries(files)) {
      const to = join(folder, name);
      if ('text' in content) await writeFile(to, content.text);
      else await cp(content.from, to, { recursive: true, verbatimSymlinks: true });
    }
    await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\nLABEL recipe=${recipe}\n`);
    await engine.must(['build', '-q', '--network', 'none', '-t', image, folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
