import { readdirSync, readFileSync } from 'node:fs';

/** Processor time in milliseconds by process, as far as the kernel tells (Linux); it does not depend on who else is busy. */
export type CpuTimes = Record<string, number>;

/** One tick of the kernel's accounting: 1/100 s on every Linux that Node runs on. */
const TICK_MS = 10;

/** What the named processes have used up to now, each with the children that it has. */
export function cpuTimes(processes: Record<string, number | null>): CpuTimes {
  const all = statistics();
  const used = (pid: number | null) => {
    const own = [...all].filter(([id, { parent }]) => id === pid || parent === pid);
    return own.reduce((sum, [, { ticks }]) => sum + ticks * TICK_MS, 0);
  };
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, used(pid)]));
}

/** Milliseconds for each of `count` pieces of work. */
export function cpuPer(count: number, before: CpuTimes, after: CpuTimes): CpuTimes {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / count]));
}

/** The process that a process was started by; null where the kernel does not say. */
export function parentOf(pid: number): number | null {
  return statistics().get(pid)?.parent ?? null;
}

/** Megabytes of memory that a process holds at this moment. */
export function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

function statistics(): Map<number, { parent: number; ticks: number }> {
  const found = new Map<number, { parent: number; ticks: number }>();
  for (const name of process.platform === 'linux' ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    const text = statOf(name);
    // Behind the name, which may hold anything: state, parent, …; user and system time are the 14th and 15th of all.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    found.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  }
  return found;
}

/** '' when the process has just ended. */
function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
