/** A LIKE pattern of whatever has this text inside of it; wildcards in the text stand for themselves. */
export function containing(text: string): string {
  return `%${escapedForLike(text)}%`;
}

export function escapedForLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
