import { runCli } from '../../apps/cli/src/cli.js';
import type { Io } from '../../apps/cli/src/io.js';

export interface CliResult {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process. `stdin` is what it may read, `typed` what a person answers. */
export async function portus(
  args: string[],
  env: Record<string, string | undefined> = {},
  { stdin = '', typed = [] }: { stdin?: string; typed?: string[] } = {},
): Promise<CliResult> {
  let [out, err] = ['', ''];
  const answers = [...typed];
  const io: Io = {
    env,
    input: {
      isTerminal: typed.length > 0,
      readAll: async () => stdin,
      askSecret: async (question) => {
        err += question;
        return answers.shift() ?? '';
      },
    },
    out: (text) => (out += text),
    err: (text) => (err += text),
  };
  const code = await runCli(args, io);
  return { code, out, err };
}

/** The object that a command prints with `--json`; throws when it does not end with 0. */
export async function portusJson<T>(...[args, env, input]: Parameters<typeof portus>): Promise<T> {
  const { code, out, err } = await portus([...args, '--json'], env, input);
  if (code !== 0) throw new Error(`portus ${args.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as T;
}
