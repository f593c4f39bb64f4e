export interface TrivySettings {
  /** Path or name of the program. */
  command: string;
  /** `http(s)://host[:port]` of a Trivy server; null: the program matches itself. */
  server: string | null;
  serverToken: string | null;
  /** null: Trivy's own. */
  cacheDir: string | null;
  /** Ask nobody but the registry, and fetch no database. */
  offline: boolean;
  dbRepository: string | null;
  /** Accept any certificate of the registry. */
  insecure: boolean;
  /** Have an SBOM made of what a scan found out. */
  sbom: boolean;
  /** Seconds. */
  timeout: number;
  concurrency: number;
}

/** Of our own environment, what Trivy needs to find its home, a proxy and certificates. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/**
 * The environment of every call. Options go there and not into arguments, where other users of the machine could read
 * tokens; nothing else of ours goes along, neither keys nor passwords.
 */
export function trivyEnvironment(settings: TrivySettings, own: NodeJS.ProcessEnv): Record<string, string> {
  const passed = PASSED_ON.flatMap((name): [string, string][] => (own[name] ? [[name, own[name]]] : []));
  return {
    ...Object.fromEntries(passed),
    ...(settings.cacheDir === null ? {} : { TRIVY_CACHE_DIR: settings.cacheDir }),
    TRIVY_DISABLE_TELEMETRY: 'true',
    TRIVY_SKIP_VERSION_CHECK: 'true',
    TRIVY_NO_PROGRESS: 'true',
  };
}
