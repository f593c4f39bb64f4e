import type { Io } from './io.js';

export const JSON_FLAG = ['--json', 'print one JSON object'] as const;

export interface JsonOption {
  json?: true;
}

export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** For programs the object, for people the text. */
export function give(io: Io, { json }: JsonOption, value: unknown, text: string): void {
  io.out(json ? toJson(value) : text);
}

/** Columns side by side, as wide as what is in them; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
