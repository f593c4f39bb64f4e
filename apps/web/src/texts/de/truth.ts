import type { Texts } from '../texts.js';
import type { truth as english } from '../en/truth.js';

/** Registries, Abgleiche, Scans, Zustand: ob alles stimmt. */
export const truth: Texts<typeof english> = {};
