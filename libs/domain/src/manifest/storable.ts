/**
 * The text with U+FFFD for each lone surrogate: JSON may hold them escaped (`"\ud800"`), PostgreSQL's jsonb refuses them
 * and would fail the whole transaction. Same as `String.prototype.toWellFormed` of ES2024.
 */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** True for a valid date of the years 1 to 9999: both PostgreSQL and an ISO string of four digits can hold it. */
export function isStorableDate(date: Date): boolean {
  return !Number.isNaN(date.getTime()) && date.getUTCFullYear() > 0 && date.getUTCFullYear() < 10_000;
}

/** The text without what PostgreSQL's text can not hold: NUL, and lone surrogates. */
export function storable(text: string): string {
  return wellFormed(text.replaceAll('\0', ''));
}
