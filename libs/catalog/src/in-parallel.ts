/**
 * Runs `work` over the items, at most `limit` at a time. The first failure, also of the items' source, ends it: no
 * further item is begun. Returns or throws when nothing is under way any more.
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: unknown = null;
  try {
    for await (const item of items) {
      if (failure !== null) break;
      const one: Promise<void> = work(item)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= limit) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure !== null) throw failure;
}
