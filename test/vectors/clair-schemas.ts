/**
 * Of Clair v4's API what Portus sends and reads, as its OpenAPI document 1.2 and the schemas beside it tell it (quay/clair
 * v4.9.0, `httptransport/api/v1/openapi.yaml` and `httptransport/types/v1`), in our own words.
 */
const digest = { type: 'string', pattern: '^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$' };
const map = (of: object) => ({ type: 'object', additionalProperties: of });
const text = { type: 'string' };
const somePackage = {
  type: 'object',
  required: ['name', 'version'],
  properties: {
    id: text,
    name: text,
    version: text,
    kind: { enum: ['BINARY', 'SOURCE'] },
    source: { type: 'object' },
    normalized_version: text,
    module: text,
    arch: text,
    cpe: text,
  },
  additionalProperties: false,
};
const environment = {
  type: 'object',
  properties: {
    package_db: text,
    distribution_id: text,
    introduced_in: digest,
    repository_ids: { type: 'array', items: text },
  },
  additionalProperties: false,
};
const vulnerability = {
  type: 'object',
  required: ['id', 'updater', 'name', 'normalized_severity'],
  properties: {
    id: text,
    updater: text,
    name: text,
    description: text,
    issued: { type: 'string', format: 'date-time' },
    links: text,
    severity: text,
    normalized_severity: { enum: ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] },
    fixed_in_version: text,
    package: somePackage,
    arch_op: { enum: ['equals', 'not equals', 'pattern match'] },
    distribution: { type: 'object', required: ['id'] },
    repository: { type: 'object', required: ['id'] },
  },
  dependentRequired: { package: ['arch_op'] },
  anyOf: [{ required: ['package'] }, { required: ['repository'] }, { required: ['distribution'] }],
};

export const CLAIR_SCHEMAS = {
  /** What is posted to be indexed. */
  manifest: {
    type: 'object',
    required: ['hash'],
    properties: {
      hash: digest,
      layers: {
        type: 'array',
        items: {
          type: 'object',
          required: ['hash', 'uri'],
          properties: {
            hash: digest,
            uri: { type: 'string', format: 'uri' },
            headers: { type: 'object', additionalProperties: { type: 'array', items: text } },
            media_type: text,
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  indexReport: {
    type: 'object',
    required: ['manifest_hash', 'state', 'success'],
    properties: {
      manifest_hash: digest,
      state: text,
      err: text,
      success: { type: 'boolean' },
      packages: map(somePackage),
      distributions: map({ type: 'object', required: ['id'] }),
      repository: map({ type: 'object', required: ['id'] }),
      environments: map({ type: 'array', items: environment }),
    },
    additionalProperties: false,
  },
  indexState: { type: 'object', required: ['state'], properties: { state: text } },
  vulnerabilityReport: {
    type: 'object',
    required: [
      'distributions',
      'environments',
      'manifest_hash',
      'packages',
      'package_vulnerabilities',
      'vulnerabilities',
    ],
    properties: {
      manifest_hash: digest,
      packages: map(somePackage),
      distributions: map({ type: 'object', required: ['id'] }),
      repository: map({ type: 'object', required: ['id'] }),
      environments: map({ type: 'array', items: environment }),
      vulnerabilities: map(vulnerability),
      package_vulnerabilities: map({ type: 'array', items: text }),
      enrichments: map({ type: 'array' }),
    },
    additionalProperties: false,
  },
} as const;
