import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { PassThrough, pipeline as pipe } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Command } from 'commander';
import { restoreBackup, type Restored } from '#persistence/backup/restore-backup.js';
import { type BackupEnd, writeBackup } from '#persistence/backup/write-backup.js';
import { OPTIONS } from '#platform/config/options.js';
import { ConfigurationError, readOption } from '#platform/config/settings.js';
import { withDatabase } from '../database/with-database.js';
import { requirePlace } from '../files.js';
import { CommandFailure, EXIT_HELP, type Io } from '../io.js';
import { give, JSON_FLAG, type JsonOption } from '../output.js';

/** `portus backup|restore`: the whole database as one file, of one moment, for any version of PostgreSQL. */
export function addBackupCommands(program: Command, io: Io): void {
  program
    .command('backup')
    .description('write the whole database as it is at this moment into one file, while everything goes on')
    .requiredOption('-o, --output <file>', 'a new file, readable by you alone')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `\nKeep it with the signing key and PORTUS_SECRET_KEY_BASE, and as secret as those.\n${EXIT_HELP}`,
    )
    .action((options: JsonOption & { output: string }) => backup(options, io));
  program
    .command('restore')
    .description(
      'make the empty database that DATABASE_URL names what it was when a file of "portus backup" was written',
    )
    .argument('<file>')
    .option(...JSON_FLAG)
    .addHelpText('after', EXIT_HELP)
    .action((file: string, options: JsonOption) => restore(file, options, io));
}

async function backup({ json, output }: JsonOption & { output: string }, io: Io): Promise<void> {
  requirePlace(output);
  let end: BackupEnd;
  try {
    end = await withDatabase(io, async (database) => {
      const lines = new PassThrough();
      const stored = pipeline(lines, createGzip(), createWriteStream(output, { mode: 0o600, flags: 'wx' }));
      const written = writeBackup(database, async (line) => {
        if (!lines.write(`${line}\n`)) await Promise.race([once(lines, 'drain'), stored]);
      });
      // Whichever of them fails first ends the other.
      await Promise.all([written.then(() => lines.end()), stored]).catch((error: Error) => {
        lines.destroy(error);
        throw error;
      });
      return written;
    });
  } catch (error) {
    rmSync(output, { force: true });
    throw error;
  }
  give(io, json ? { json } : {}, { file: output, ...end }, `${sum(end.rows)} rows are in ${output}\n`);
}

async function restore(file: string, { json }: JsonOption, io: Io): Promise<void> {
  const url = readOption(OPTIONS.databaseUrl, io.env);
  if (url === null) throw new ConfigurationError([`${OPTIONS.databaseUrl.name} is not set`]);
  const restored = await restoreBackup({ url, poolSize: 2, applicationName: 'portus-command' }, linesOf(file));
  give(io, json ? { json } : {}, { ...restored }, describe(restored));
  io.err('note: what was pushed since then is found by a sync: portus registry sync\n');
}

function describe({ at, rows, upgraded }: Restored): string {
  const more = upgraded.length === 0 ? '' : `, and ${upgraded.length} newer migrations were run`;
  return `${sum(rows)} rows of ${at} are restored${more}\n`;
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const text = pipe(createReadStream(file), createGunzip(), () => undefined).setEncoding('utf8');
  let begun: string[] = [];
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const [first = '', ...more] = chunk.split('\n');
      begun.push(first);
      for (const part of more) {
        yield begun.join('');
        begun = [part];
      }
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new CommandFailure(`${file} can not be read: ${code} ${message}`);
  }
}

const once = (stream: PassThrough, event: string): Promise<void> =>
  new Promise((resolve) => stream.once(event, () => resolve()));

const sum = (rows: Record<string, number>): number => Object.values(rows).reduce((total, count) => total + count, 0);
