import { catalog } from './catalog.js';
import { common } from './common.js';
import { people } from './people.js';
import { rules } from './rules.js';
import { scans } from './scans.js';
import { truth } from './truth.js';

/** Alle Texte der Seite auf Deutsch. */
export const de = { ...common, ...catalog, ...people, ...truth, ...scans, ...rules };
