import { integer, option } from './option.js';

/** How the API answers. */
export const API = {
  perPage: option(
    'PORTUS_PAGINATION_PER_PAGE',
    'API',
    integer(1, 1000),
    '15',
    'Items of a page of the API, unless `per_page` asks for another number.',
  ),
} as const;
