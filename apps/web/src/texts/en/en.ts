import { catalog } from './catalog.js';
import { common } from './common.js';
import { people } from './people.js';
import { rules } from './rules.js';
import { scans } from './scans.js';
import { truth } from './truth.js';

/** Every text of the page, in English; other languages have the same shape. */
export const en = { ...common, ...catalog, ...people, ...truth, ...scans, ...rules };
