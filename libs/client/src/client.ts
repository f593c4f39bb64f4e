import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { Readable } from 'openapi-typescript-helpers';
import type { components, paths } from './paths.js';

export type { components, operations, paths } from './paths.js';

/** What the API answers, by its name in the description. */
export type Answered<Name extends keyof components['schemas']> = Readable<components['schemas'][Name]>;

/** Calls the REST API by the names and types of its own description (OpenAPI); answers are `{ data, error, response }`. */
export function createPortusClient(options: ClientOptions): Client<paths> {
  return createClient<paths>(options);
}
