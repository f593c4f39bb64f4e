import { Slots } from './slots.js';

/**
 * Runs `work` over the items, at most `limit` at a time. The first failure, also of the items' source, ends it: no
 * further item is begun. Returns or throws when nothing is under way any more.
 */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const slots = new Slots(limit);
  const failures: unknown[] = [];
  const begin = async (item: T): Promise<void> => {
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    } finally {
      slots.give();
    }
  };
  await slots.take();
  try {
    for await (const item of items) {
      if (failures.length > 0) break;
      void begin(item);
      // An item is not even asked for before there is room for it.
      await slots.take();
    }
  } finally {
    for (let ended = 1; ended < limit; ended += 1) await slots.take();
  }
  if (failures.length > 0) throw failures[0];
}
