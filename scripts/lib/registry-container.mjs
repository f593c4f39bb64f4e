import { userInfo } from 'node:os';
import { run, which } from './commands.mjs';
import { foreignEnvironment } from './foreign-environment.mjs';

const IMAGE = 'registry:2';

/**
 * The registry as a container, where a docker engine answers. It runs in the host's network, because it must reach Portus
 * on 127.0.0.1 and be reached there; with the caller's user, so that the files stay the caller's.
 */
export async function containerRegistry({ name, dataDir }, context) {
  const docker = which('docker') ?? which('podman');
  if (docker === undefined) return { missing: 'no docker or podman on PATH' };
  try {
    await run(docker, ['info'], { timeoutMs: 10_000, ...context });
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: 'no container engine answers' };
  }
  try {
    await run(docker, ['image', 'inspect', IMAGE], { timeoutMs: 10_000, ...context }).catch(() =>
      run(docker, ['pull', IMAGE], { timeoutMs: 300_000, ...context }),
    );
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return { missing: `the image ${IMAGE} cannot be pulled` };
  }
  return {
    source: `container ${name} (${IMAGE})`,
    containerName: name,
    command: containerCommand(docker, name, dataDir),
  };
}

function containerCommand(docker, name, dataDir) {
  const { uid, gid } = userInfo();
  const options = ['--rm', '--name', name, '--network', 'host', '--user', `${uid}:${gid}`];
  const mount = ['--volume', `${dataDir}:${dataDir}`, '--env', 'OTEL_TRACES_EXPORTER=none'];
  return (configuration) => ({
    file: docker,
    args: ['run', ...options, ...mount, '--entrypoint', 'registry', IMAGE, 'serve', configuration],
    env: foreignEnvironment(),
  });
}

/** Removes what a killed client left running; no such container is no error. */
export async function removeContainer(name) {
  const docker = which('docker') ?? which('podman');
  await run(docker, ['rm', '--force', name], { timeoutMs: 30_000 }).catch(() => {});
}
