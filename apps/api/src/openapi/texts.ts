import type { Method, OperationObject } from './shapes.js';

/** The groups of the document, in the order in which it is read. */
export const TAGS = [
  { name: 'users', description: 'People and bots, their application tokens and logins.' },
  { name: 'profile', description: 'Oneself.' },
  { name: 'sessions', description: 'Signing in and out with a browser.' },
  { name: 'teams', description: 'Who belongs together, and in which role.' },
  { name: 'namespaces', description: 'Where images are kept, and who sees them.' },
  { name: 'repositories', description: 'Images by name: description, stars, comments.' },
  { name: 'tags', description: 'One image each: facts, history, deletion, rollback.' },
  { name: 'vulnerabilities', description: 'What scanners found.' },
  { name: 'search', description: 'Finding things; also for visitors.' },
  { name: 'deletions', description: 'Deletions that take a while, and what they did.' },
  { name: 'retention', description: 'Rules by which tags are dropped or kept, and alarms of moved tags.' },
  { name: 'webhooks', description: 'Telling other systems what happened.' },
  { name: 'registries', description: 'The registries that Portus stands beside.' },
  { name: 'syncs', description: 'Making the catalog equal to the registry.' },
  { name: 'events', description: 'Notifications as they came in, and what became of them.' },
  { name: 'activities', description: 'Who changed what, when and from where.' },
  { name: 'denials', description: 'What was asked for and not granted.' },
  { name: 'explain', description: 'Why somebody may, or may not.' },
  { name: 'health', description: 'Whether it works.' },
];

/** `METHOD path` → summary, and after a full stop more. An `@ApiOperation` at the method wins. */
const TEXTS: Record<string, string> = {
  'GET /api/v1/users/{id}': 'Get a user. By id, or by e-mail address as in Portus.',
  'PUT /api/v1/users/{id}':
    'Change a user. What `GET` shows is accepted back; the name stays, images and tokens carry it.',
  'PUT /api/v1/users/{id}/enabled': 'Switch an account on or off. Takes effect with the next request, also for tokens.',
  'PUT /api/v1/users/{id}/locked': 'Lock or unlock an account.',
  'POST /api/v1/users/bootstrap':
    'Make the first administrator. Only while there is none; answers an application token.',
  'POST /api/v1/users/{id}/application_tokens':
    'Make an application token. `plain_token` is shown this once. It may be kept to actions, namespaces and a time.',
  'GET /api/v1/users/{id}/refresh_tokens': 'List the logins that clients keep.',
  'DELETE /api/v1/users/refresh_tokens/{id}': 'End a login that a client keeps.',
  'POST /api/v1/session': 'Sign in with a browser. Sets the cookie; `csrf_token` goes back as `X-CSRF-Token`.',
  'GET /api/v1/session': 'Who calls. With a session also its token against forged requests.',
  'DELETE /api/v1/session': 'Sign out.',
  'PUT /api/v1/profile/password': 'Change the own password. Ends all other sessions.',
  'POST /api/v1/teams/{id}/members': 'Add somebody to a team. An administrator is always made an owner.',
  'DELETE /api/v1/teams/{id}': 'Delete a team. Its namespaces go to `new_team`; without one they must hold no images.',
  'PUT /api/v1/namespaces/{id}':
    'Change a namespace. Description, visibility or team; a namespace is not renamed, for its images would stay behind.',
  'GET /api/v1/namespaces/{id}/deletion': 'See what deleting the namespace would do.',
  'DELETE /api/v1/namespaces/{id}':
    'Delete a namespace with its images. Answers the deletion, which goes on by itself.',
  'GET /api/v1/repositories/{id}/deletion': 'See what deleting the repository would do.',
  'DELETE /api/v1/repositories/{id}': 'Delete a repository. Answers the deletion, which goes on by itself.',
  'GET /api/v1/repositories/{id}/tags/grouped': 'List tags by digest. Newest group first.',
  'GET /api/v1/tags/{id}/deletion': 'See what deleting the tag would do. Names the tags that share its manifest.',
  'DELETE /api/v1/tags/{id}':
    'Delete a tag. The registry deletes manifests, not names: other tags of the same one are kept, or it is refused.',
  'GET /api/v1/tags/{id}/history': 'List every digest that the tag had. When, by whom, and how it was learned.',
  'POST /api/v1/tags/{id}/rollback': 'Point the tag at a former digest.',
  'POST /api/v1/deletions': 'Delete tags. At most a thousand at once; goes on by itself.',
  'POST /api/v1/registries/{id}/rotate_secret':
    'Make a new webhook secret. It is shown this once; the former one is good until it is forgotten.',
  'DELETE /api/v1/registries/{id}/former_secret': 'Forget the former webhook secret.',
  'POST /api/v1/registries/{id}/sync': 'Ask for a synchronization. `dry_run` only tells what it would do.',
  'POST /api/v1/registries/{id}/sync_runs/{run}/approve': 'Say yes to the removals of a run that waits.',
  'POST /api/v1/registries/{id}/sync_runs/{run}/undo': 'Bring back what a run removed.',
  'GET /api/v1/registries/{id}/drift': 'Show what differs between catalog and registry.',
  'GET /api/v1/explain': 'Tell why somebody may do something or not. The same code that grants tokens.',
  'GET /api/v1/explore': 'Look for public repositories. Also for visitors, where anonymous browsing is on.',
  'GET /api/v1/denials': 'List what was asked for at the token endpoint and not granted.',
  'GET /api/v1/activities': 'List who changed what, when and from where. Newest first.',
  'GET /api/v1/activities/csv': 'Download the activities as CSV.',
  'GET /api/v1/health': 'Tell of each component whether it works. 503 when one does not.',
  'GET /_health': 'Tell load balancers whether to send requests. 503 when no token can be issued.',
  'GET /v2/': 'Check credentials.',
  'GET /v2/token': 'Get a token for a registry. What is not granted is left out of it, and is no error.',
  'POST /v2/token': 'Get a token by the OAuth 2 form. Password or refresh token.',
  'POST /v2/webhooks/events': 'Take notifications of a registry. 202 whatever the body holds.',
  'GET /.well-known/jwks.json': 'Get the public keys of tokens.',
  'GET /api/openapi.json': 'Get this document.',
};

/** Summary and description of an operation. Without a text its name is made into one. */
export function textOf(
  method: Method,
  path: string,
  operation: OperationObject,
): Pick<OperationObject, 'summary' | 'description'> {
  if (operation.summary) return {};
  const text = TEXTS[`${method.toUpperCase()} ${path}`];
  if (text === undefined) return { summary: sentence(operation.operationId ?? path) };
  const end = text.indexOf('. ');
  return end < 0 ? { summary: text } : { summary: text.slice(0, end), description: text.slice(end + 2) };
}

function sentence(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
