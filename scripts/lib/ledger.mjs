import { removeContainer } from './registry-container.mjs';
import { isAlive, endProcess, refOf, GENTLE } from './processes.mjs';
import { readJson, writeJson } from './state-file.mjs';

/**
 * The list of processes that a start has running, kept in a file so that the next start can end what a SIGKILL left over.
 * Order matters: a process is ended before those that were started before it.
 */
export function createLedger(file) {
  const entries = [];
  const save = () => file !== undefined && writeJson(file, { children: entries });
  return {
    /**
     * @param {[string, number][]} [signals] how this process wants to be ended
     * @param {string} [containerName] a container that lives on when this client is killed
     */
    add(name, pid, signals = GENTLE, containerName) {
      const ref = refOf(pid);
      if (ref === undefined) return;
      entries.push({ name, signals, containerName, ...ref });
      save();
    },
    remove(pid) {
      const index = entries.findIndex((entry) => entry.pid === pid);
      if (index < 0) return;
      entries.splice(index, 1);
      save();
    },
  };
}

/**
 * Ends the living processes of an earlier start, the youngest first.
 * @returns {Promise<string[]>} the names of those that were still alive
 */
export async function endLeftovers(file) {
  const entries = (readJson(file)?.children ?? []).toReversed();
  const alive = entries.filter(isAlive);
  for (const entry of alive) await endProcess(entry, entry.signals);
  for (const { containerName } of entries) if (containerName) await removeContainer(containerName);
  return alive.map((entry) => entry.name);
}
