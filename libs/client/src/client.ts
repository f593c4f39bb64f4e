import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './paths.js';

export type { components, operations, paths } from './paths.js';

/** Calls the REST API by the names and types of its own description (OpenAPI); answers are `{ data, error, response }`. */
export function createPortusClient(options: ClientOptions): Client<paths> {
  return createClient<paths>(options);
}
