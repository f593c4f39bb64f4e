import { createConfig, lintFromString, type NormalizedProblem } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import {
  DOCUMENT,
  type Media,
  OPERATIONS,
  type Operation,
  resolved,
  type Response,
} from '../../../../test/support/contract/document.js';
import { answerFaults, bodyFaults } from '../../../../test/support/contract/schemas.js';

const answersOf = (operation: Operation): [string, Response][] =>
  Object.entries(operation.responses).map(([status, one]) => [status, resolved<Response>(one)]);
const api = OPERATIONS.filter(({ path }) => path.startsWith('/api/v1/'));
const mediaOf = (content: Record<string, Media> | undefined): [string, Media][] => Object.entries(content ?? {});

/** Keys of the operations that break a rule; the message of a failure says what to add. */
const breaking = (rule: (operation: Operation, key: string) => boolean, among = OPERATIONS): string[] =>
  among.filter(({ operation, key }) => rule(operation, key)).map(({ key }) => key);

describe('docs/openapi.json', () => {
  it('is OpenAPI 3.1 in the eyes of a linter that knows the specification', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // There is one server: where the document came from.
        'no-server-example.com': 'off',
        // Probes and keys answer 200 or nothing at all.
        'operation-4xx-response': 'off',
        // `/users/{id}` and `/users/bootstrap`: the fixed path wins, as the specification says.
        'no-ambiguous-paths': 'off',
        // `GET /v2/` is what clients ask.
        'no-path-trailing-slash': 'off',
      },
    });
    const problems = await lintFromString({ source: JSON.stringify(DOCUMENT), config });
    expect(problems.map(problemText)).toEqual([]);
  }, 60_000);

  it('names every operation once, in the style of a client', () => {
    const ids = OPERATIONS.map(({ operation }) => operation.operationId);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
  });

  it('tells what every operation is for, in its own words', () => {
    expect(breaking(({ summary }) => summary === undefined || summary.length < 4)).toEqual([]);
    expect(breaking(({ tags }) => tags.length !== 1)).toEqual([]);
  });

  it('describes and types every parameter', () => {
    const bare = OPERATIONS.flatMap(({ key, operation }) =>
      operation.parameters
        .filter(({ description, schema }) => !description || Object.keys(schema).length === 0)
        .map(
          ({ name }) => `${key}: ${name} needs a description (schema .meta({ description }) or openapi/parameters.ts)`,
        ),
    );
    expect(bare).toEqual([]);
  });

  it('documents the errors that guards, parsers and stores may answer', () => {
    const has = (operation: Operation, ...statuses: number[]) => statuses.every((one) => operation.responses[one]);
    const isPublic = ({ 'x-portus-access': access }: Operation) => access === 'public';
    expect(breaking((one) => !isPublic(one) && !has(one, 401, 403, 429, 503), api)).toEqual([]);
    expect(breaking((one, key) => key.includes('{') && !has(one, 404), api)).toEqual([]);
    expect(breaking((one) => one.requestBody !== undefined && !has(one, 400, 413, 415), api)).toEqual([]);
  });

  it('shows an example of every body, and each fits its schema', () => {
    const faults = OPERATIONS.flatMap(({ key, operation }) => [
      ...mediaOf(operation.requestBody?.content).flatMap(([type, media]) =>
        faultsOf(`${key} ${type}`, media, bodyFaults),
      ),
      ...answersOf(operation).flatMap(([status, response]) =>
        mediaOf(response.content).flatMap(([, media]) => faultsOf(`${key} → ${status}`, media, answerFaults)),
      ),
    ]);
    expect(faults).toEqual([]);
  });

  it('shows an example of every parameter, and each fits its schema', () => {
    const faults = OPERATIONS.flatMap(({ key, operation }) =>
      operation.parameters.flatMap((one) => faultsOf(`${key} ${one.name}`, one, bodyFaults)),
    );
    expect(faults).toEqual([]);
  });

  it('answers every success with a schema, or with nothing', () => {
    const vague = OPERATIONS.flatMap(({ key, operation }) =>
      answersOf(operation)
        .filter(([status, { content }]) => Number(status) < 300 && content !== undefined)
        .flatMap(([, { content }]) => mediaOf(content))
        .filter(([, { schema }]) => schema === undefined || Object.keys(schema).length === 0)
        .map(() => `${key} needs @Answers(view)`),
    );
    expect(vague).toEqual([]);
  });

  it('knows the protocols beside the REST API too', () => {
    const keys = OPERATIONS.map(({ key }) => key);
    for (const key of ['GET /v2/token', 'POST /v2/token', 'POST /v2/webhooks/events']) expect(keys).toContain(key);
  });
});

function faultsOf(name: string, media: Media, judge: (schema: never, value: unknown) => string[]): string[] {
  if (media.schema === undefined) return [];
  if (media.example === undefined) return [`${name} has no example`];
  return judge(media.schema as never, media.example).map((fault) => `${name}: ${fault}`);
}

const problemText = ({ ruleId, message, location }: NormalizedProblem): string =>
  `${ruleId} at ${location[0]?.pointer ?? '?'}: ${message}`;
