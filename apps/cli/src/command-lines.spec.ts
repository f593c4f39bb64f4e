import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { portus } from '../../../test/support/run-cli.js';
import { commandLine } from './cli.js';
import { EXIT, type Io } from './io.js';

/** Whatever may be one, by its name. */
const SECRET = /password|secret|token|key|credential/i;
/** How an option takes a value that is a place, or takes none. */
const PLACE = /^(--no-)?[\w-]+$|<(file|path|folder|name)>$/;

const io: Io = {
  env: {},
  input: { isTerminal: false, readAll: async () => '', askSecret: async () => '' },
  out: () => undefined,
  err: () => undefined,
};

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

describe('command lines, which every user of the machine can read', () => {
  const commands = all(commandLine(io));

  it('have no place for a secret: what is one comes from a file, stdin or a person', () => {
    const options = commands.flatMap((command) => command.options).filter(({ long }) => SECRET.test(long ?? ''));
    expect(options.map(({ long }) => long)).toEqual(expect.arrayContaining(['--password-file', '--password-stdin']));
    for (const { flags } of options) expect(flags).toMatch(PLACE);
    const named = commands.flatMap((command) => command.registeredArguments).map((argument) => argument.name());
    expect(named.filter((name) => SECRET.test(name))).toEqual([]);
  });

  it.each([
    ['user', 'create', 'alice', '--email', 'alice@example.test'],
    ['user', 'password', 'alice'],
  ])('refuse a password: portus %s %s', async (...command) => {
    for (const given of [['--password', 'a secret word'], ['a secret word']]) {
      const { code, out, err } = await portus([...command, ...given]);
      expect(code).toBe(EXIT.usage);
      expect(out + err).not.toContain('a secret word');
    }
  });
});
