/** Where secrets and files come from that are not named. */
export interface Input {
  /** Whether a person sits there who can be asked. */
  isTerminal: boolean;
  /** Everything up to the end, at most so many bytes. Throws CommandFailure beyond. */
  readAll(maxBytes: number): Promise<string>;
  /** Asks a person; what is typed is not shown. */
  askSecret(question: string): Promise<string>;
}

/** What a command works with: tests hand in their own. */
export interface Io {
  env: Record<string, string | undefined>;
  input: Input;
  /** The result, and nothing else. */
  out: (text: string) => void;
  /** For people. */
  err: (text: string) => void;
}

/** How the program ends; sysexits.h where it has a word for it. */
export const EXIT = { done: 0, failed: 1, findings: 3, usage: 64, unavailable: 69, configuration: 78 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `
Exit codes:
  ${EXIT.done}   done
  ${EXIT.failed}   it could not be done; the last line says why
  ${EXIT.findings}   it was looked at, and is not as it should be (doctor, drift, audit verify, import)
  ${EXIT.usage}  the command line is wrong
  ${EXIT.unavailable}  the database can not be reached, or is not of this version
  ${EXIT.configuration}  the settings can not be used; everything that is wrong is listed`;

/** A command can not do what it was asked for; the message says why and what to change. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  constructor(
    message: string,
    readonly exit: Exit = EXIT.failed,
  ) {
    super(message);
  }
}
