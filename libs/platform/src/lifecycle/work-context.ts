import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What belongs to the work under way, in whatever it awaits.
 *
 * Before version 24 Node tells a storage that was used of every promise of the process, also of those outside of any
 * context: a tenth of a millisecond for each token that is issued. So it is put away when the last context closes.
 */
export class WorkContext<T> {
  private readonly storage = new AsyncLocalStorage<T>();
  private open = 0;

  /** Runs `work` with the value, until its promise is settled. */
  async run<R>(value: T, work: () => Promise<R>): Promise<R> {
    this.open += 1;
    try {
      return await this.storage.run(value, work);
    } finally {
      this.open -= 1;
      if (this.open === 0) this.storage.disable();
    }
  }

  get current(): T | undefined {
    return this.storage.getStore();
  }
}
