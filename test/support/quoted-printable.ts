/** Undoes quoted-printable (RFC 2045, 6.7) as far as plain ASCII letters need it. */
export function quotedPrintable(text: string): string {
  return text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
