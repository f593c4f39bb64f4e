import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of a request or job carries. */
export interface LogContext {
  requestId?: string;
  jobId?: string;
  queue?: string;
  /** 1 for the first. */
  attempt?: number;
}

const storage = new AsyncLocalStorage<LogContext>();
let open = 0;

/**
 * Runs `work` so that everything it logs carries the context, until its promise is settled.
 *
 * Before version 24 Node tells a storage that was used of every promise of the process, also of those outside of any
 * context. Token requests and notifications pass their ids by themselves, and must not pay for a context that somebody
 * had open an hour ago: it is put away when the last one closes.
 */
export async function withLogContext<T>(context: LogContext, work: () => Promise<T>): Promise<T> {
  open += 1;
  try {
    return await storage.run(context, work);
  } finally {
    open -= 1;
    if (open === 0) storage.disable();
  }
}

export function currentLogContext(): LogContext {
  return storage.getStore() ?? {};
}
