import { quantile } from './sample.js';

/** Milliseconds, 95th percentile: of the smaller side, and of the bigger one. */
export interface Compared {
  small: number;
  big: number;
  ratio: number;
}

/** What is asked of either side. */
export interface Sides {
  /** The smaller one first. */
  urls: readonly [URL, URL];
  authorization: string;
}

/** Above it is measured twice more. */
const LIMIT = 1.5;
/** Requests to each side. */
const REQUESTS = 40 * Number(process.env['BENCH_ROUNDS'] ?? 3);
/** The first requests fill caches of statements and pages, of either side. */
const WARM = 10;

/** What is above the limit is measured twice more, and the middle counts: one pause of the machine makes a 95th percentile. */
export async function judge(sides: Sides): Promise<Compared> {
  const first = await compare(sides);
  if (first.ratio <= LIMIT) return first;
  const all = [first, await compare(sides), await compare(sides)];
  return all.toSorted((a, b) => a.ratio - b.ratio)[1]!;
}

/** One request to each in turn, so that what slows the machine slows both. */
async function compare({ urls, authorization }: Sides): Promise<Compared> {
  const times: [number[], number[]] = [[], []];
  for (let i = -WARM; i < REQUESTS; i += 1) {
    for (const [side, url] of urls.entries()) {
      const { ms } = await ask(url, authorization);
      if (i >= 0) times[side]!.push(ms);
    }
  }
  const p95 = (taken: number[]): number =>
    quantile(
      taken.toSorted((a, b) => a - b),
      0.95,
    );
  const [small, big] = [p95(times[0]), p95(times[1])];
  return { small, big, ratio: big / small };
}

/** Asks for a page once, and reads all of it. */
export async function ask(
  url: URL,
  authorization: string,
): Promise<{ status: number; cursor: string | null; ms: number }> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization } });
  await answer.arrayBuffer();
  return { status: answer.status, cursor: answer.headers.get('x-next-cursor'), ms: performance.now() - begun };
}
