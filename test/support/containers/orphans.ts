import { mustRun } from '../run-client.js';

/**
 * Ends the containers of engines that were killed: their shims belong to nobody then, and hold what runs in them. Only
 * those are looked at whose address is under `addresses`, and not under `ours`.
 */
export async function endOrphans(addresses: string, ours: string): Promise<void> {
  const lines = (await mustRun('ps', ['-eo', 'pid=,ppid=,args='])).split('\n');
  const all = lines.flatMap((line) => {
    const found = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return found ? [{ pid: Number(found[1]), parent: Number(found[2]), args: found[3]! }] : [];
  });
  const isOrphan = (args: string): boolean =>
    /containerd-shim/.test(args) && args.includes(`-address ${addresses}`) && !args.includes(`-address ${ours}`);
  const doomed = new Set(all.filter(({ args }) => isOrphan(args)).map(({ pid }) => pid));
  for (let before = -1; before !== doomed.size;) {
    before = doomed.size;
    for (const { pid, parent } of all) if (doomed.has(parent)) doomed.add(pid);
  }
  for (const pid of doomed) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}
