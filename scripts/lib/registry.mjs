import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf, which } from './commands.mjs';
import { containerRegistry, removeContainer } from './registry-container.mjs';
import { unpackDebianPackages } from './debian-packages.mjs';
import { foreignEnvironment } from './foreign-environment.mjs';

/** True for what the version option of distribution's registry (2.x, 3.x, Debian's build) prints. */
export function isDistribution(versionText) {
  return /\bgithub\.com\/(docker|distribution)\/distribution\b/.test(versionText ?? '');
}

/**
 * A registry program: named by PORTUS_REGISTRY_BIN, on PATH, unpacked from Debian's package, or in a container.
 * @returns {Promise<{ command: Function, source: string } | { missing: string }>}
 */
export async function findRegistry({ chosen, unpackedIn, containerName, dataDir }, context) {
  if (chosen !== undefined) {
    if (isDistribution(await versionOf(chosen))) return program(chosen, chosen);
    throw new Error(`PORTUS_REGISTRY_BIN=${chosen} is no distribution registry (asked with --version)`);
  }
  const onPath = await findOnPath('registry', 'docker-registry');
  if (onPath) return program(onPath, onPath);
  const unpacked = await findUnpacked(join(unpackedIn, 'registry'), context);
  if (unpacked.file) return program(unpacked.file, "Debian's package, unpacked");
  const container = await containerRegistry({ name: containerName, dataDir }, context);
  if (container.command) return container;
  return { missing: ['no registry on PATH', unpacked.missing, container.missing].join('; ') };
}

/** `registry` may be anything, so it is asked what it is. */
export async function findOnPath(...names) {
  for (const name of names) {
    const file = which(name);
    if (file && isDistribution(await versionOf(file))) return file;
  }
  return undefined;
}

/** Debian's docker-registry from its package, unpacked into `target` once. */
export async function findUnpacked(target, context) {
  const file = join(target, 'usr/bin/docker-registry');
  if (isDistribution(await versionOf(file))) return { file };
  try {
    await unpackDebianPackages(['docker-registry'], target, context);
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: error.message };
  }
  return isDistribution(await versionOf(file)) ? { file } : { missing: "Debian's docker-registry does not run here" };
}

function program(file, source) {
  // Registry 3.x would else look for a trace collector on port 4318 and complain every few seconds.
  const env = { ...foreignEnvironment(), OTEL_TRACES_EXPORTER: 'none' };
  return { source, command: (configuration) => ({ file, args: ['serve', configuration], env }) };
}

/**
 * How to run the registry, for a supervisor.
 * @param {{ command: Function, containerName?: string }} registry
 */
export function registryService(registry, { configuration, storage, port }) {
  mkdirSync(storage, { recursive: true, mode: 0o700 });
  return {
    name: 'registry',
    containerName: registry.containerName,
    before: () => registry.containerName && removeContainer(registry.containerName),
    command: () => registry.command(configuration),
    isReady: () => answersRegistry(port),
  };
}

/** `GET /v2/` of a registry with token authentication: 401 with its API version header. */
export async function answersRegistry(port) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 401 && response.headers.has('docker-distribution-api-version');
  } catch {
    return false;
  }
}
