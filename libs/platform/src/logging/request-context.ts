import { WorkContext } from '../lifecycle/work-context.js';

/** What every log line of a request carries. */
export interface LogContext {
  requestId?: string;
}

const contexts = new WorkContext<LogContext>();

/** Runs `work` so that everything it logs carries the context, until its promise is settled. */
export async function withLogContext<T>(context: LogContext, work: () => Promise<T>): Promise<T> {
  return contexts.run(context, work);
}

export function currentLogContext(): LogContext {
  return contexts.current ?? {};
}
