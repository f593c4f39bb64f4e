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
const TEXTS: Record<string, string> = {};

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
