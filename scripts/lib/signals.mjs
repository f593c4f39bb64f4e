/**
 * SIGINT, SIGTERM and SIGHUP call the run off; the same once more changes nothing (npm passes Ctrl-C on a second time).
 * `fail` calls it off with an error, which is then the reason of the signal.
 */
export function stopOnSignals(say) {
  const controller = new AbortController();
  const requested = new Promise((resolve) => {
    controller.signal.addEventListener('abort', resolve, { once: true });
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => {
      if (!controller.signal.aborted) say('Stopping …');
      controller.abort(name);
    });
  return { signal: controller.signal, requested, fail: (error) => controller.abort(error) };
}
