import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { isRepositoryName, splitRepositoryName } from '#domain/naming/repository-name.js';
import { explain, type Explanation, explainWithoutExistence } from '#domain/policy/explain.js';
import type { Actor, NamespaceFacts } from '#domain/policy/facts.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { TokenFactsRepository, type UserFacts } from '#persistence/token-facts.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import type { ExplainQuery, ExplanationView } from './explain.dto.js';

/** Tells why somebody may, or may not, do something: by the same rules and facts as the token endpoint. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly facts: TokenFactsRepository,
    private readonly registries: RegistriesRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Administrators ask about anybody, others about themselves, and learn nothing of namespaces that are hidden. */
  async explain(person: Person, query: ExplainQuery): Promise<ExplanationView> {
    const username = query.user ?? person.username;
    const oneself = username.toLowerCase() === person.username.toLowerCase();
    if (!person.admin && !oneself) throw new AppError('forbidden', 'Authorization fails');
    if (!isRepositoryName(query.repository)) throw new AppError('bad_request', 'repository: not a repository name');
    const namespace = splitRepositoryName(query.repository).namespace ?? '';
    const found = await this.facts.find(await this.service(query.registry), { by: 'name', username }, [namespace]);
    if (username !== '' && found.user === null) throw new AppError('not_found', 'Not found');
    const facts = found.namespaces.get(namespace) ?? null;
    const decide = person.admin ? explain : explainWithoutExistence;
    const explanation = decide(actorOf(found.user), query.action, facts, policyOptions(this.settings));
    return view(query, namespace, username, found.user, explanation, facts);
  }

  private async service(hostname: string | undefined): Promise<string> {
    const registries = await this.registries.all();
    const registry = hostname
      ? registries.find((one) => one.hostname === hostname || one.externalHostname === hostname)
      : registries[0];
    if (!registry) throw new AppError('not_found', 'there is no such registry');
    return registry.hostname;
  }
}

function actorOf(user: UserFacts | null): Actor {
  if (user === null) return { kind: 'anonymous' };
  if (user.service) return { kind: 'service' };
  const { id, username, admin, bot, enabled, locked } = user;
  return { kind: 'user', userId: id, username, admin, bot, disabled: !enabled, locked };
}

function view(
  query: ExplainQuery,
  namespace: string,
  username: string,
  user: UserFacts | null,
  explanation: Explanation,
  facts: NamespaceFacts | null,
): ExplanationView {
  // What the explanation had to leave out is left out here too.
  const shown = explanation.reason === 'no-namespace' ? null : facts;
  return {
    user: username === '' ? null : username,
    repository: query.repository,
    action: query.action,
    allowed: explanation.allow,
    reason: explanation.reason,
    because: explanation.because,
    change: explanation.change,
    rules: explanation.rules,
    facts: {
      namespace,
      known: shown !== null,
      kind: shown?.kind ?? null,
      visibility: shown?.visibility ?? null,
      role: shown?.role ?? null,
      admin: user?.admin ?? false,
    },
  };
}
