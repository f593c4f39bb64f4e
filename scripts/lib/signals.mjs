import { isAlive, refOf } from './processes.mjs';

/** npm, when it was npm that called us: without it nobody holds the terminal any more. */
export function callingNpm() {
  return process.env.npm_lifecycle_event === undefined ? undefined : refOf(process.ppid);
}

/**
 * SIGINT, SIGTERM and SIGHUP call the run off; the same once more changes nothing (npm passes Ctrl-C on a second time).
 * So does the end of the npm that called us: killed, it cannot pass anything on. `fail` calls the run off with an error,
 * which is then the reason of the signal; an error that nobody caught does the same, so that no server is left behind.
 */
export function stopOnSignals(say) {
  const controller = new AbortController();
  const requested = new Promise((resolve) => {
    controller.signal.addEventListener('abort', resolve, { once: true });
  });
  const stop = (reason) => {
    if (!controller.signal.aborted) say('Stopping …');
    controller.abort(reason);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop(name));
  const npm = callingNpm();
  if (npm !== undefined) setInterval(() => isAlive(npm) || stop('npm has ended'), 500).unref();
  const fail = (error) => controller.abort(error);
  process.on('uncaughtException', fail);
  return { signal: controller.signal, requested, fail };
}
