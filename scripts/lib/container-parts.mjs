import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, versionOf } from './commands.mjs';
import { findCompose } from './client-tools.mjs';
import { whyNoContainers } from './container-probe.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';
import { npmCommand } from './install.mjs';

/** The Node that the images are built on (`NODE_IMAGE` of docker/Dockerfile), as npm has it. */
const NODE = '24.21.0';
/** What a small Debian holds, and the servers beside Portus. */
const PACKAGES = ['base-files', 'bash', 'busybox-static', 'coreutils', 'curl', 'dash', 'findutils', 'grep', 'sed'];
const SERVERS = ['libstdc++6', 'nginx-light', 'redis-server'];

/**
 * docker-compose, and what images are made of where no registry of images can be reached: files of Debian's packages, and
 * Node. Unpacked once and kept. They are missing where containers can not be run, and where PORTUS_TEST_CONTAINERS=none
 * wants none: building all images and starting docker/compose.yaml takes minutes.
 * @returns {Promise<import('./client-tools.mjs').Found>}
 */
export async function findContainerParts(cache, docker, context) {
  const names = ['PORTUS_TEST_COMPOSE', 'PORTUS_TEST_CONTAINER_PARTS'];
  const missing = (reason) => ({ missing: Object.fromEntries(names.map((name) => [name, reason])) });
  if (process.env.PORTUS_TEST_CONTAINERS === 'none') return missing('PORTUS_TEST_CONTAINERS=none wants no containers');
  if (docker.missing) return missing(docker.missing.PORTUS_TEST_DOCKERD);
  if (process.getuid?.() !== 0) return missing('images are built as root only');
  const compose = await findCompose(context);
  if (compose.missing) return missing(compose.missing.PORTUS_TEST_COMPOSE);
  const folder = join(cache, 'parts', 'containers-1');
  mkdirSync(folder, { recursive: true });
  try {
    const root = join(folder, 'root');
    if (!existsSync(root)) await unpackDebianPackages([...PACKAGES, ...SERVERS], root, context, { whole: true });
    const node = join(folder, 'node');
    if ((await versionOf(node)) !== `v${NODE}`) await fetchNode(folder, node, context);
    const { PORTUS_TEST_DOCKERD: dockerd, PORTUS_TEST_DOCKER: client } = docker.env;
    const programs = { dockerd, docker: client, busybox: join(root, 'bin/busybox'), folder };
    const obstacle = await whyNoContainers(programs, context);
    if (obstacle !== undefined) return missing(obstacle);
    return { env: { ...compose.env, PORTUS_TEST_CONTAINER_PARTS: folder } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return missing(error.message.split('\n')[0]);
  }
}

async function fetchNode(folder, file, context) {
  const name = `node-linux-${process.arch}`;
  const work = join(folder, 'npm');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const [npm, first] = npmCommand();
  const args = [...first, 'install', '--prefix', work, '--no-save', '--no-audit', '--no-fund', `${name}@${NODE}`];
  await run(npm, args, { cwd: work, timeoutMs: 300_000, ...context });
  renameSync(join(work, 'node_modules', name, 'bin/node'), file);
  rmSync(work, { recursive: true, force: true });
}
