import { BACKGROUND_TASKS, type BackgroundTask } from '#domain/worker/background-tasks.js';
import type { Degraded } from './check-health.js';

/** What is switched off. That is somebody's will, and no fault; only the handling of notifications is missed by everybody. */
export function checkTasks(on: ReadonlySet<BackgroundTask>): string | Degraded {
  const off = BACKGROUND_TASKS.filter((task) => !on.has(task));
  const found = off.length === 0 ? 'all tasks are on' : `switched off: ${off.join(', ')}`;
  return on.has('registry-events') ? found : { degraded: `${found}; notifications are stored and wait` };
}
