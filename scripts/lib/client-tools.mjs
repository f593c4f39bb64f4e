import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, versionOf, which } from './commands.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';
import { isDistribution } from './registry.mjs';

/** The registry 3.x that the tests run against; Debian has none. */
const REGISTRY_3 = 'v3.1.1';
/** Daemons are often outside of a plain user's PATH. */
const SYSTEM_PATH = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
const isRoot = process.getuid?.() === 0;

/** @typedef {{ env: Record<string, string> } | { missing: Record<string, string> }} Found variables, or the reasons of their absence */

/** @returns {Promise<Found>} */
export async function findSkopeo(context) {
  const problem = await provide('skopeo', 'skopeo', context);
  return problem === undefined
    ? { env: { PORTUS_TEST_SKOPEO: which('skopeo') } }
    : { missing: { PORTUS_TEST_SKOPEO: problem } };
}

/**
 * podman and buildah keep images in folders that only root can mount as they do here, so without root both are missing.
 * @returns {Promise<Found>}
 */
export async function findRootTool(name, variable, context) {
  const problem = isRoot ? await provide(name, name, context) : `${name} is tested as root only`;
  return problem === undefined ? { env: { [variable]: which(name) } } : { missing: { [variable]: problem } };
}

/** A browser, for the page. @returns {Promise<Found>} */
export async function findChromium(context) {
  const problem = await provide('chromium', 'chromium', context);
  return problem === undefined
    ? { env: { PORTUS_TEST_CHROMIUM: which('chromium') } }
    : { missing: { PORTUS_TEST_CHROMIUM: problem } };
}

/** The docker daemon and a client. The daemon needs root, so without root both are missing. @returns {Promise<Found>} */
export async function findDocker(context) {
  const problem = isRoot ? await provide('dockerd', 'docker.io', context) : 'the docker daemon runs as root only';
  const dockerd = which('dockerd', SYSTEM_PATH);
  const docker = which('docker');
  if (problem === undefined && docker !== undefined)
    return { env: { PORTUS_TEST_DOCKERD: dockerd, PORTUS_TEST_DOCKER: docker } };
  const reason = problem ?? 'no docker client on PATH';
  return { missing: { PORTUS_TEST_DOCKERD: reason, PORTUS_TEST_DOCKER: reason } };
}

/** docker-compose, the client of version 1 that Debian has. @returns {Promise<Found>} */
export async function findCompose(context) {
  const problem = isRoot ? await provide('docker-compose', 'docker-compose', context) : 'it is tested as root only';
  return problem === undefined
    ? { env: { PORTUS_TEST_COMPOSE: which('docker-compose') } }
    : { missing: { PORTUS_TEST_COMPOSE: problem } };
}

/** Makes sure that a program is there, through apt if we may. @returns {Promise<string | undefined>} why it is not */
async function provide(program, debianPackage, context) {
  if (which(program, SYSTEM_PATH)) return undefined;
  if (!which('apt-get')) return `no ${program} on PATH and no apt-get`;
  if (!isRoot) return `no ${program} on PATH, and only root can install ${debianPackage}`;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', debianPackage];
  const limits = { env, timeoutMs: 300_000, ...context };
  try {
    await run('apt-get', install, limits).catch(async (error) => {
      if (context.signal?.aborted) throw error;
      await run('apt-get', ['update'], limits);
      await run('apt-get', install, limits);
    });
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return `${debianPackage} could not be installed: ${error.message.split('\n').pop()}`;
  }
  return which(program, SYSTEM_PATH) ? undefined : `${debianPackage} brought no ${program}`;
}

/** Prometheus's own check of rules; only unpacked, because the package would run a server. @returns {Promise<Found>} */
export async function findPromtool(cache, context) {
  const onPath = which('promtool');
  if (onPath !== undefined) return { env: { PORTUS_TEST_PROMTOOL: onPath } };
  const folder = join(cache, 'parts/prometheus');
  const file = join(folder, 'usr/bin/promtool');
  try {
    if ((await versionOf(file)) === undefined) await unpackDebianPackages(['prometheus'], folder, context);
    return { env: { PORTUS_TEST_PROMTOOL: file } };
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: { PORTUS_TEST_PROMTOOL: error.message } };
  }
}

/** Registry 3.x, built by Go once and kept. @returns {Promise<Found>} */
export async function findRegistry3(cache, context) {
  const folder = join(cache, 'bin', `registry-${REGISTRY_3}`);
  const file = join(folder, 'registry');
  const found = { env: { PORTUS_TEST_REGISTRY_3: file } };
  if (isDistribution(await versionOf(file))) return found;
  const go = which('go', `${process.env.PATH}:/usr/local/go/bin`);
  if (go === undefined) return { missing: { PORTUS_TEST_REGISTRY_3: `no Go to build registry ${REGISTRY_3} with` } };
  mkdirSync(folder, { recursive: true });
  try {
    const program = `github.com/distribution/distribution/v3/cmd/registry@${REGISTRY_3}`;
    const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0' };
    await run(go, ['install', program], { env, cwd: folder, timeoutMs: 600_000, ...context });
    return found;
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: { PORTUS_TEST_REGISTRY_3: `Go could not build it: ${error.message.split('\n').pop()}` } };
  }
}
