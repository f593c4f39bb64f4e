import { paced } from './harness/paced.js';
import { keep } from './harness/row.js';
import { Site } from './harness/site.js';

/** A registry that answers after so long lets one worker read some 8 manifests per second, whatever processor it has. */
const DELAY_MS = 400;
/** More than one worker can read, less than two can. */
const PUSHES_PER_SECOND = 10;
const [ALONE_SECONDS, TOGETHER_SECONDS] = [12, 30];
const LOOK_MS = 1_000;

const site = await Site.build(1_000, 1, DELAY_MS);
try {
  await site.house.startWorker();
  const begun = performance.now();
  let workers = 1;
  const seen: { seconds: number; workers: number; waiting: number; oldest: number }[] = [];
  const look = async (): Promise<void> => {
    const seconds = (performance.now() - begun) / 1_000;
    seen.push({ seconds, workers, ...(await site.backlog()) });
    const { waiting, oldest } = seen.at(-1)!;
    process.stdout.write(
      `${seconds.toFixed(0)} s: ${workers} worker(s), ${waiting} notifications wait, the oldest for ${oldest.toFixed(1)} s\n`,
    );
  };
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
  const pushing = paced(PUSHES_PER_SECOND, ALONE_SECONDS + TOGETHER_SECONDS, site.push);
  await new Promise((resolve) => setTimeout(resolve, ALONE_SECONDS * 1_000));
  await look();
  const before = seen.at(-1)!;
  const asked = performance.now();
  await site.house.startWorker();
  workers = 2;
  const started = (performance.now() - asked) / 1_000;
  await pushing;
  await look();
  clearInterval(timer);
  const after = seen.at(-1)!;
  const most = seen.reduce((highest, one) => (one.oldest > highest.oldest ? one : highest));
  process.stdout.write(
    `lag before=${before.oldest.toFixed(1)} most=${most.oldest.toFixed(1)} after=${after.oldest.toFixed(1)} s waiting before=${before.waiting} ` +
      `after=${after.waiting} (${PUSHES_PER_SECOND} pushes/s all the time, a registry ${DELAY_MS} ms away; the second worker was ready after ${started.toFixed(1)} s)\n`,
  );
  keep({ name: 'lag', before, most, after, started, seen });
  if (after.waiting >= before.waiting) process.exitCode = 1;
} finally {
  await site.remove();
}
