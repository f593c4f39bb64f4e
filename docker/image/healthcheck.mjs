// portus-healthcheck [api|worker] [ready]: whether the program of this container answers (0) or not (1). With `ready` it
// must also be able to serve: what it needs is there.
const words = process.argv.slice(2);
const background = words.includes('worker') || (!words.includes('api') && process.env.PORTUS_BACKGROUND === 'true');
const port = background ? (process.env.PORTUS_WORKER_PORT ?? '3001') : (process.env.PORTUS_PORT ?? '3000');
const path = words.includes('ready') ? '/_health' : '/_ping';

try {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(4_000) });
  const text = await answer.text();
  console.log(`${answer.status} ${text.slice(0, 1_000)}`);
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.log(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
