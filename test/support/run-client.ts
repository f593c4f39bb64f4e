import { spawn } from 'node:child_process';

/** How a command ended, and what it said. */
export interface Outcome {
  code: number | null;
  /** stdout and stderr, as they came. */
  output: string;
  stdout: string;
}

/** What hangs is ended; a slow upload is not. */
const TIMEOUT_MS = 200_000;

/** Runs a client program to its end, whatever that is. Nothing of our environment but PATH is handed over. */
export async function runClient(
  file: string,
  args: string[],
  options: { env?: Record<string, string>; input?: string; timeoutMs?: number } = {},
): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], ...options.env };
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const child = spawn(file, args, { cwd: '/', env, stdio: 'pipe', timeout, killSignal: 'SIGKILL' });
  let [output, stdout] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output, stdout };
}

/** The same, for what must work: throws with all that was said. Returns stdout. */
export async function mustRun(...call: Parameters<typeof runClient>): Promise<string> {
  const { code, output, stdout } = await runClient(...call);
  if (code !== 0) throw new Error(`${call[0]} ${call[1].slice(0, 3).join(' ')} … ended with ${code}:\n${output}`);
  return stdout;
}
