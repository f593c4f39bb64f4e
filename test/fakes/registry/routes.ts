import { blobRoute, uploadRoute } from './blob-routes.js';
import type { RouteContext } from './context.js';
import { manifestRoute } from './manifest-routes.js';
import { errorReply, jsonReply, plainReply, type Reply, type SeenRequest } from './reply.js';
import { compareByDirectory } from './store.js';

/** Rights that a request needs, as the token specification writes them. */
export interface NeededAccess {
  type: 'repository' | 'registry';
  name: string;
  actions: string[];
}

/** A request's route: what it needs to be allowed, and what it does then. */
export interface Route {
  access: NeededAccess[];
  run: (context: RouteContext) => Reply;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const RESOURCE = new RegExp(
  `^/v2/(${COMPONENT}(?:/${COMPONENT})*)/(?:(tags)/list|(manifests)/([^/]+)|(blobs)/uploads/([^/]*)|(blobs)/([^/]+))$`,
);

/** The route of a request; null for what the router does not know. */
export function findRoute(request: SeenRequest): Route | null {
  const { method, path } = request;
  if (path === '/v2') return { access: [], run: () => ({ status: 301, headers: { location: '/v2/' } }) };
  if (path === '/v2/') return { access: [], run: ({ store }) => jsonReply(store.flavour, 200, {}) };
  if (path === '/v2/_catalog') {
    return { access: [{ type: 'registry', name: 'catalog', actions: ['*'] }], run: onlyGet(catalog) };
  }
  const match = RESOURCE.exec(path);
  if (!match) return null;
  const name = match[1]!;
  const access = repositoryAccess(method, name, request.query.get('from'));
  if (match[2]) return { access, run: onlyGet((context) => tagList(context, name)) };
  if (match[3]) return { access, run: (context) => manifestRoute(context, name, match[4]!) };
  if (match[5]) return { access, run: (context) => uploadRoute(context, name, match[6]!) };
  return { access, run: (context) => blobRoute(context, name, match[8]!) };
}

function repositoryAccess(method: string, name: string, from: string | null): NeededAccess[] {
  const reading = method === 'GET' || method === 'HEAD';
  const actions = reading ? ['pull'] : method === 'DELETE' ? ['delete'] : ['pull', 'push'];
  const access: NeededAccess[] = [{ type: 'repository', name, actions }];
  if (from) access.push({ type: 'repository', name: from, actions: ['pull'] });
  return access;
}

function onlyGet(run: (context: RouteContext) => Reply): (context: RouteContext) => Reply {
  return (context) => (context.request.method === 'GET' ? run(context) : plainReply(405));
}

function catalog(context: RouteContext): Reply {
  const { store, request, maxEntries } = context;
  const asked = readCount(context);
  if (asked === 'invalid' || (asked !== null && asked > maxEntries)) return badCount(context);
  const limit = asked ?? Math.min(100, maxEntries);
  const last = request.query.get('last') ?? '';
  const rest = store.catalog().filter((name) => last === '' || compareByDirectory(name, last) > 0);
  const page = rest.slice(0, limit);
  const more = page.length > 0 && rest.length > page.length;
  const headers: Record<string, string> = more ? { link: nextLink('/v2/_catalog', page.at(-1)!, limit) } : {};
  return jsonReply(store.flavour, 200, { repositories: page }, headers);
}

function tagList(context: RouteContext, name: string): Reply {
  const { store, request, maxEntries } = context;
  const { flavour } = store;
  const tags = store.tags(name);
  if (!tags) return errorReply(flavour, 404, 'NAME_UNKNOWN', 'repository name not known to registry', { name });
  // 2.8 knows no paging of tags and writes an empty list as null.
  if (flavour === '2.8') return jsonReply(flavour, 200, { name, tags: tags.length > 0 ? tags : null });
  const asked = readCount(context);
  if (asked === 'invalid') return badCount(context);
  const last = request.query.get('last') ?? '';
  const rest = tags.filter((tag) => last === '' || tag > last);
  const limit = asked === null ? rest.length : Math.min(asked, maxEntries);
  const page = rest.slice(0, limit);
  // 3.1 announces a next page behind every full one, and that may turn out to be empty, written as null.
  const full = asked !== null && page.length > 0 && page.length === limit;
  const headers: Record<string, string> = full ? { link: nextLink(`/v2/${name}/tags/list`, page.at(-1)!, limit) } : {};
  return jsonReply(flavour, 200, { name, tags: page.length === 0 && last !== '' ? null : page }, headers);
}

/** The `n` of a request; null when absent, or when 2.8 can not read it. */
function readCount({ store, request }: RouteContext): number | null | 'invalid' {
  const text = request.query.get('n');
  if (text === null || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  return store.flavour === '2.8' ? null : 'invalid';
}

function badCount({ store, request }: RouteContext): Reply {
  const message = 'invalid number of results requested';
  return errorReply(store.flavour, 400, 'PAGINATION_NUMBER_INVALID', message, { n: request.query.get('n') });
}

function nextLink(path: string, last: string, n: number): string {
  return `<${path}?last=${encodeURIComponent(last)}&n=${n}>; rel="next"`;
}
