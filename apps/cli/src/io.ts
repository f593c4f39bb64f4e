/** What a command works with: tests hand in their own. */
export interface Io {
  env: Record<string, string | undefined>;
  /** The result, and nothing else. */
  out: (text: string) => void;
  /** For people. */
  err: (text: string) => void;
}

/** How the program ends; sysexits.h where it has a word for it. */
export const EXIT = { done: 0, failed: 1, usage: 64, configuration: 78 } as const;

export const EXIT_HELP = `
Exit codes:
  ${EXIT.done}   done
  ${EXIT.failed}   it could not be done; the last line says why
  ${EXIT.usage}  the command line is wrong
  ${EXIT.configuration}  the settings can not be used; everything that is wrong is listed`;

/** A command can not do what it was asked for; the message says why and what to change. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}
