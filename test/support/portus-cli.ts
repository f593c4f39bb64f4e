import { mustRun } from './run-client.js';
import { programFile } from './stack.js';

/** The built command line of Portus. Returns its stdout; throws when it does not end with 0. */
export async function portusCli(args: string[], env: Record<string, string> = {}): Promise<string> {
  return mustRun(process.execPath, [programFile('portus'), ...args], { env });
}
