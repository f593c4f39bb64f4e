/** YAML's double-quoted scalars are JSON strings. */
const quoted = (text) => JSON.stringify(text);

/**
 * The complete configuration of a registry that trusts Portus and reports to it; for 2.8 and 3.x alike.
 * It holds the webhook secret: write it readable by its user only.
 * @param {{ storage: string, address: string, service: string, portusUrl: string, webhookUrl: string, issuer: string,
 *   certificatePath: string, webhookSecret: string, httpSecret: string }} options
 */
export function registryConfiguration(options) {
  return `version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${quoted(options.storage)}
  delete:
    enabled: true
http:
  addr: ${quoted(options.address)}
  secret: ${quoted(options.httpSecret)}
auth:
  token:
    realm: ${quoted(`${options.portusUrl}/v2/token`)}
    service: ${quoted(options.service)}
    issuer: ${quoted(options.issuer)}
    rootcertbundle: ${quoted(options.certificatePath)}
notifications:
  endpoints:
    - name: portus
      url: ${quoted(`${options.webhookUrl}/v2/webhooks/events`)}
      headers:
        Authorization: [${quoted(`Bearer ${options.webhookSecret}`)}]
      timeout: 1s
      threshold: 5
      backoff: 1s
      ignore:
        mediatypes:
          - application/octet-stream
`;
}
