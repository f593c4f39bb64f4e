import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './commands.mjs';

/** Images, their layers and what builds leave behind. */
const ROOM_BYTES = 6 * 1024 ** 3;
const START_MS = 30_000;
const STEP_MS = 60_000;
/** Short: the path of a socket may have 107 bytes only. */
const HOMES = '/tmp/pe-probe-';
const SYSTEM_PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/**
 * Whether a docker engine of our own can run a container in a network here: kernels, sandboxes and full disks may be in
 * the way. It is tried, with a container that holds one program.
 * @param {{ dockerd: string, docker: string, busybox: string, folder: string }} programs `folder`: where images will lie
 * @returns {Promise<string | undefined>} why it can not
 */
export async function whyNoContainers({ dockerd, docker, busybox, folder }, context) {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < ROOM_BYTES) return `images need ${ROOM_BYTES / 1024 ** 3} GiB of disk`;
  const home = mkdtempSync(HOMES);
  const end = new AbortController();
  const signal = AbortSignal.any([end.signal, ...(context.signal ? [context.signal] : [])]);
  const socket = `unix://${home}/docker.sock`;
  const env = { PATH: SYSTEM_PATH, HOME: home };
  const engine = run(dockerd, engineOptions(home, socket), { ...context, env, signal }).catch((error) => error);
  const ask = (...args) => run(docker, ['-H', socket, ...args], { ...context, env, timeoutMs: STEP_MS });
  try {
    await untilReady(ask, engine);
    const image = join(home, 'image');
    await run('/bin/sh', ['-c', `mkdir -p "$0/bin" && cp "$1" "$0/bin/busybox"`, image, busybox], context);
    await run('/bin/sh', ['-c', 'tar -C "$0" -c . | "$1" -H "$2" import - probe', image, docker, socket], {
      ...context,
      env,
      timeoutMs: STEP_MS,
    });
    await ask('network', 'create', 'probe');
    await ask('run', '--rm', '--network', 'probe', '--read-only', '--cap-drop', 'ALL', 'probe', '/bin/busybox', 'true');
    return undefined;
  } catch (error) {
    if (context.signal?.aborted) throw error;
    return `no container can be run here: ${error.message.split('\n').filter(Boolean).pop()}`;
  } finally {
    end.abort(new Error('the probe is over'));
    await engine;
    rmSync(home, { recursive: true, force: true });
  }
}

function engineOptions(home, socket) {
  const file = join(home, 'daemon.json');
  writeFileSync(file, '{}');
  const folders = [
    '--data-root',
    join(home, 'data'),
    '--exec-root',
    join(home, 'exec'),
    '--pidfile',
    join(home, 'pid'),
  ];
  return ['-H', socket, ...folders, '--bridge=none', '--iptables=false', '--ip6tables=false', '--config-file', file];
}

async function untilReady(ask, engine) {
  let ended = null;
  void engine.then((error) => (ended = error));
  for (const deadline = Date.now() + START_MS; ; await delay(200)) {
    if (ended !== null) throw ended instanceof Error ? ended : new Error('the engine ended');
    try {
      return await ask('version');
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
