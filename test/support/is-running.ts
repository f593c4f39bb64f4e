import { readFileSync } from 'node:fs';

/** Whether a process runs. A zombie has ended: nobody may reap it where the first process is no init. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
