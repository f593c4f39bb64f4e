import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '#domain/errors/app-error.js';
import { isRepositoryName, splitRepositoryName } from '#domain/naming/repository-name.js';
import { explain, type Explanation, explainWithoutExistence } from '#domain/policy/explain.js';
import { isSecret, type NamespaceFacts } from '#domain/policy/facts.js';
import type { ApplicationToken } from '#domain/user/application-token.entity.js';
import { ApplicationTokensRepository } from '#persistence/application-tokens.repository.js';
import { RegistriesRepository } from '#persistence/registries.repository.js';
import { TokenFactsRepository, type UserFacts } from '#persistence/token-facts.repository.js';
import { SETTINGS } from '#platform/config/settings.module.js';
import type { Settings } from '#platform/config/settings.js';
import { actorOf } from '../auth/actor-of.js';
import type { Person } from '../http/access.js';
import { policyOptions } from '../http/policy-options.js';
import { viewToken } from '../users/application-tokens.dto.js';
import type { ExplainQuery, ExplanationView } from './explain.dto.js';

/** Tells why somebody may, or may not, do something: by the same rules and facts as the token endpoint. */
@Injectable()
export class ExplainService {
  constructor(
    private readonly facts: TokenFactsRepository,
    private readonly registries: RegistriesRepository,
    private readonly tokens: ApplicationTokensRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Administrators ask about anybody, others about themselves, and learn nothing of namespaces that are hidden. */
  async explain(person: Person, query: ExplainQuery): Promise<ExplanationView> {
    const username = query.user ?? person.username;
    const oneself = username.toLowerCase() === person.username.toLowerCase();
    if (!person.admin && !oneself) throw new AppError('forbidden', 'Authorization fails');
    if (!isRepositoryName(query.repository)) throw new AppError('bad_request', 'repository: not a repository name');
    const namespace = splitRepositoryName(query.repository).namespace ?? '';
    const who = { by: 'name', username, source: '' } as const;
    const found = await this.facts.find(await this.service(query.registry), who, [namespace]);
    if (username !== '' && found.user === null) throw new AppError('not_found', 'Not found');
    const token = query.token === undefined ? null : await this.token(query.token, found.user);
    const facts = found.namespaces.get(namespace) ?? null;
    const decide = person.admin ? explain : explainWithoutExistence;
    const actor = actorOf(found.user, token, Date.now());
    const explanation = decide(actor, query.action, facts, policyOptions(this.settings), namespace);
    // What the explanation had to leave out is left out here too.
    const shown = person.admin || !isSecret(facts) ? facts : null;
    return {
      user: username === '' ? null : username,
      repository: query.repository,
      action: query.action,
      ...viewExplanation(explanation),
      facts: viewFacts(namespace, shown, found.user),
      token: token && viewToken(token),
    };
  }

  /** Of that user and nobody else; who may ask about the user may know of the tokens. */
  private async token(id: number, user: UserFacts | null): Promise<ApplicationToken> {
    const token = await this.tokens.find(id);
    if (token === null || token.userId !== user?.id) throw new AppError('not_found', 'Not found');
    return token;
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

function viewExplanation({ allow, reason, because, change, rules }: Explanation) {
  return { allowed: allow, reason, because, change, rules };
}

function viewFacts(namespace: string, facts: NamespaceFacts | null, user: UserFacts | null): ExplanationView['facts'] {
  return {
    namespace,
    known: facts !== null,
    kind: facts?.kind ?? null,
    visibility: facts?.visibility ?? null,
    role: facts?.role ?? null,
    admin: user?.admin ?? false,
  };
}
