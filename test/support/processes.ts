import { readdirSync, readFileSync } from 'node:fs';

export interface Seen {
  pid: number;
  /** Its arguments, which every user of the machine may read; also what it calls itself there. */
  commandLine: string;
  /** Name of its program, as it is shown in lists. */
  name: string;
  /** What it was started with, as its user and root may read it. */
  environment: string;
}

/** A process and all that it has started, the oldest first, as Linux shows them in /proc. */
export function processTree(root: number): Seen[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = /^PPid:\s+(\d+)/m.exec(read(Number(entry), 'status'))?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || belongs(parents.get(pid)));
  return [...parents.keys()]
    .filter(belongs)
    .toSorted((a, b) => a - b)
    .map(look);
}

function look(pid: number): Seen {
  const [commandLine, name, environment] = ['cmdline', 'comm', 'environ'].map((file) =>
    read(pid, file).replaceAll('\0', '\n'),
  ) as [string, string, string];
  return { pid, commandLine, name: name.trim(), environment };
}

/** Empty for a process that has ended meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
