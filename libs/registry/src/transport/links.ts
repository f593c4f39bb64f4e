import { RegistryError } from '../errors.js';

/** One link of a `Link` header. */
interface WebLink {
  target: string;
  relations: string[];
}

/**
 * The URL of the next page by a `Link` header (RFC 8288), resolved against the URL that was asked; null on the last
 * page. Throws `BAD_LISTING` for a header that can not be read (to take it for the last page would make a part look
 * like the whole) and for a target on another origin (our token must not go there).
 */
export function nextPage(header: string | undefined, requested: URL): URL | null {
  if (header === undefined) return null;
  const links = parseLinks(header);
  if (links === null) throw badLink(requested, 'its Link header can not be read');
  const next = links.find((link) => link.relations.includes('next'));
  if (!next) return null;
  const url = resolve(next.target, requested);
  if (url === null) throw badLink(requested, 'its Link target is not a URL');
  if (url.origin !== requested.origin) throw badLink(requested, 'its Link points to another origin');
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

function resolve(target: string, base: URL): URL | null {
  try {
    return new URL(target, base);
  } catch {
    return null;
  }
}

function badLink(url: URL, reason: string): RegistryError {
  return new RegistryError('BAD_LISTING', { message: `the listing can not be followed: ${reason}`, url });
}

/** Null when the header does not follow `<target>; name=value, <target> …`. */
export function parseLinks(header: string): WebLink[] | null {
  const links: WebLink[] = [];
  let rest = header.trim();
  while (rest !== '') {
    const end = rest.indexOf('>');
    if (!rest.startsWith('<') || end < 0) return null;
    const target = rest.slice(1, end);
    const [parameters, length] = readParameters(rest.slice(end + 1));
    if (parameters === null) return null;
    links.push({ target, relations: (parameters.get('rel') ?? '').toLowerCase().split(/\s+/).filter(Boolean) });
    rest = rest.slice(end + 1 + length).trim();
  }
  return links.length > 0 ? links : null;
}

const PARAMETER = /^\s*;\s*([a-zA-Z0-9*_-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s",;]+)))?/;

/** Parameters up to the comma that ends a link (or the end), and how many characters they took. */
function readParameters(text: string): [Map<string, string> | null, number] {
  const parameters = new Map<string, string>();
  let position = 0;
  for (;;) {
    const match = PARAMETER.exec(text.slice(position));
    if (!match) break;
    const name = match[1]!.toLowerCase();
    // The first one counts (RFC 8288, 3.3).
    if (!parameters.has(name)) parameters.set(name, match[2] ?? match[3] ?? '');
    position += match[0].length;
  }
  const tail = /^\s*(,|$)/.exec(text.slice(position));
  return tail ? [parameters, position + tail[0].length] : [null, 0];
}
