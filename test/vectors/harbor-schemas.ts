/**
 * Harbor's scanner adapter API as far as Portus speaks it, as its OpenAPI documents 1.0 to 1.2 tell it
 * (goharbor/pluggable-scanner-spec, `api/spec/scanner-adapter-openapi-v1.2.yaml`), in our own words.
 */
const text = { type: 'string' };
const texts = { type: 'array', items: text };
const artifact = {
  type: 'object',
  properties: { repository: text, digest: text, tag: text, mime_type: text },
  additionalProperties: false,
};
const scanner = { type: 'object', properties: { name: text, vendor: text, version: text } };
const severity = { enum: ['Unknown', 'Negligible', 'Low', 'Medium', 'High', 'Critical'] };
const sbomTypes = { type: 'array', items: { enum: ['application/spdx+json', 'application/vnd.cyclonedx+json'] } };

export const HARBOR_SCHEMAS = {
  metadata: {
    type: 'object',
    required: ['scanner', 'capabilities'],
    properties: {
      scanner,
      capabilities: {
        type: 'array',
        items: {
          type: 'object',
          required: ['consumes_mime_types', 'produces_mime_types'],
          properties: {
            type: { enum: ['vulnerability', 'sbom'] },
            consumes_mime_types: texts,
            produces_mime_types: texts,
            additional_attributes: { type: 'object', properties: { sbom_media_types: sbomTypes } },
          },
        },
      },
      properties: { type: 'object', additionalProperties: text },
    },
  },
  scanRequest: {
    type: 'object',
    required: ['registry', 'artifact'],
    properties: {
      registry: {
        type: 'object',
        properties: { url: { type: 'string', format: 'uri' }, authorization: text },
        additionalProperties: false,
      },
      artifact,
      enabled_capabilities: {
        type: 'array',
        items: {
          type: 'object',
          required: ['type'],
          properties: {
            type: { enum: ['vulnerability', 'sbom'] },
            produces_mime_types: texts,
            parameters: { type: 'object', properties: { sbom_media_types: sbomTypes }, additionalProperties: false },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  scanResponse: { type: 'object', required: ['id'], properties: { id: text } },
  report: {
    type: 'object',
    properties: {
      generated_at: { type: 'string', format: 'date-time' },
      artifact,
      scanner,
      severity,
      vulnerabilities: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            id: text,
            package: text,
            version: text,
            fix_version: text,
            severity,
            description: text,
            links: { type: 'array', items: { type: 'string', format: 'uri' } },
            preferred_cvss: {
              type: 'object',
              properties: {
                score_v3: { type: 'number' },
                score_v2: { type: 'number' },
                vector_v3: text,
                vector_v2: text,
              },
            },
            cwe_ids: texts,
            vendor_attributes: { type: 'object' },
          },
        },
      },
    },
  },
  sbomReport: {
    type: 'object',
    properties: {
      generated_at: { type: 'string', format: 'date-time' },
      artifact,
      scanner,
      vendor_attributes: { type: 'object' },
      media_type: { enum: ['application/spdx+json', 'application/vnd.cyclonedx+json'] },
      sbom: { type: 'object' },
    },
  },
  error: { type: 'object', properties: { error: { type: 'object', properties: { message: text } } } },
} as const;
