import { DataSource } from 'typeorm';
import { dataSourceOptions, type DatabaseSettings } from './data-source-options.js';
import { Database } from './database.js';

/** A database for a program without the modules of the api and the worker; throws when it can not be reached now. */
export async function openDatabase(
  settings: DatabaseSettings,
): Promise<{ database: Database; close(): Promise<void> }> {
  const source = await new DataSource(dataSourceOptions(settings)).initialize();
  return { database: new Database(source), close: () => source.destroy() };
}
