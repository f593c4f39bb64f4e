/**
 * What SARIF 2.1.0 wants of a log (OASIS, "Static Analysis Results Interchange Format", sections 3.13 to 3.58, and its JSON
 * schema), as far as Portus writes it, and what code scanning adds, in our own words. Nothing else may be there.
 */
const text = { type: 'string', minLength: 1 };
const message = { type: 'object', required: ['text'], properties: { text }, additionalProperties: false };
const properties = { type: 'object', properties: { tags: { type: 'array', items: text, uniqueItems: true } } };
const level = { enum: ['none', 'note', 'warning', 'error'] };
const object = (required: string[], members: Record<string, object>) => ({
  type: 'object',
  required,
  properties: { ...members, properties },
  additionalProperties: false,
});

const rule = object(['id', 'shortDescription', 'help'], {
  id: text,
  shortDescription: message,
  fullDescription: message,
  help: message,
  helpUri: { type: 'string', format: 'uri' },
  defaultConfiguration: object([], { level }),
});
const toolComponent = object(['name'], { name: text, version: text, rules: { type: 'array', items: rule } });
const location = object([], {
  physicalLocation: object(['artifactLocation'], {
    artifactLocation: object(['uri'], { uri: { type: 'string', format: 'uri-reference', pattern: '^[^:]+$' } }),
    region: object([], { startLine: { type: 'integer', minimum: 1 } }),
  }),
  logicalLocations: {
    type: 'array',
    items: object([], { name: text, fullyQualifiedName: text, kind: text }),
  },
  message,
});
const suppression = object(['kind'], {
  kind: { enum: ['inSource', 'external'] },
  status: { enum: ['accepted', 'underReview', 'rejected'] },
  justification: text,
});

export const SARIF = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', format: 'uri' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      items: object(['tool', 'results'], {
        tool: object(['driver'], { driver: toolComponent, extensions: { type: 'array', items: toolComponent } }),
        automationDetails: object([], { id: text }),
        columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
        results: {
          type: 'array',
          items: object(['message', 'ruleId', 'locations'], {
            ruleId: text,
            ruleIndex: { type: 'integer', minimum: 0 },
            level,
            message,
            locations: { type: 'array', minItems: 1, items: location },
            partialFingerprints: { type: 'object', additionalProperties: text },
            suppressions: { type: 'array', items: suppression },
          }),
        },
      }),
    },
  },
  additionalProperties: false,
} as const;
