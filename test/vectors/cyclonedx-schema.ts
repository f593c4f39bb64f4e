/**
 * What CycloneDX 1.6 (ECMA-424, and its JSON schema `bom-1.6.schema.json`) wants of a VEX document, as far as Portus writes
 * it, in our own words. Nothing else may be there.
 */
const text = { type: 'string', minLength: 1 };
const object = (required: string[], properties: Record<string, object>) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});
const list = (items: object) => ({ type: 'array', items, uniqueItems: true });
const properties = { type: 'array', items: object(['name'], { name: text, value: { type: 'string' } }) };
const source = object([], { name: { type: 'string' }, url: { type: 'string' } });
const component = object(['type', 'name'], {
  type: { enum: ['application', 'framework', 'library', 'container', 'platform', 'operating-system', 'file', 'data'] },
  'bom-ref': text,
  name: { type: 'string' },
  version: { type: 'string' },
  purl: { type: 'string', pattern: '^pkg:[a-z]+/' },
  properties,
});
const rating = object([], {
  source,
  score: { type: 'number' },
  severity: { enum: ['critical', 'high', 'medium', 'low', 'info', 'none', 'unknown'] },
  method: { enum: ['CVSSv2', 'CVSSv3', 'CVSSv31', 'CVSSv4', 'OWASP', 'SSVC', 'other'] },
  vector: { type: 'string' },
});
const analysis = object([], {
  state: {
    enum: ['resolved', 'resolved_with_pedigree', 'exploitable', 'in_triage', 'false_positive', 'not_affected'],
  },
  response: list({ enum: ['can_not_fix', 'will_not_fix', 'update', 'rollback', 'workaround_available'] }),
  detail: { type: 'string' },
  lastUpdated: { type: 'string', format: 'date-time' },
});

export const VEX = {
  ...object(['bomFormat', 'specVersion'], {
    $schema: { const: 'http://cyclonedx.org/schema/bom-1.6.schema.json' },
    bomFormat: { const: 'CycloneDX' },
    specVersion: { const: '1.6' },
    serialNumber: {
      type: 'string',
      pattern: '^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
    },
    version: { type: 'integer', minimum: 1 },
    metadata: object([], {
      timestamp: { type: 'string', format: 'date-time' },
      tools: object([], { components: list(component) }),
      component,
      properties,
    }),
    components: list(component),
    vulnerabilities: list(
      object([], {
        'bom-ref': text,
        id: { type: 'string' },
        source,
        references: list(object(['id', 'source'], { id: text, source })),
        ratings: { type: 'array', items: rating },
        description: { type: 'string' },
        recommendation: { type: 'string' },
        advisories: list(object(['url'], { title: { type: 'string' }, url: { type: 'string', format: 'uri-reference' } })),
        analysis,
        affects: list(
          object(['ref'], {
            ref: text,
            versions: {
              type: 'array',
              items: object([], { version: text, status: { enum: ['affected', 'unaffected', 'unknown'] } }),
            },
          }),
        ),
        properties,
      }),
    ),
  }),
} as const;
