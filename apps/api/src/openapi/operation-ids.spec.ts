import { describe, expect, it } from 'vitest';
import { operationIdOf } from './operation-ids.js';
import type { OperationObject } from './shapes.js';

const answering = (status: string, type?: string): OperationObject => ({
  responses: { [status]: { description: '', content: { 'application/json': { schema: { type: type ?? 'object' } } } } },
});

describe(operationIdOf.name, () => {
  it.each([
    ['get', '/api/v1/users', '200', 'array', 'listUsers'],
    ['get', '/api/v1/users/{id}', '200', 'object', 'getUser'],
    ['get', '/api/v1/health', '200', 'object', 'getHealth'],
    ['post', '/api/v1/registries', '201', 'object', 'createRegistry'],
    ['put', '/api/v1/users/{id}/enabled', '200', 'object', 'updateUserEnabled'],
    ['delete', '/api/v1/repositories/{id}/comments/{comment_id}', '204', 'object', 'deleteRepositoryComment'],
    ['get', '/api/v1/registries/{id}/sync_runs/{run}/differences', '200', 'array', 'listRegistrySyncRunDifferences'],
    ['post', '/api/v1/registries/{id}/sync_runs/{run}/approve', '202', 'object', 'approveRegistrySyncRun'],
    ['post', '/api/v1/registries/{id}/rotate_secret', '200', 'object', 'rotateSecretOfRegistry'],
    ['post', '/api/v1/events/retry', '200', 'object', 'retryEvents'],
    ['get', '/v2/token', '200', 'object', 'getV2Token'],
  ] as const)('%s %s', (method, path, status, type, id) => {
    expect(operationIdOf(method, path, answering(status, type))).toBe(id);
  });
});
