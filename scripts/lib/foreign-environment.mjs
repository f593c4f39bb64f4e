/** What programs that are not ours need to find their way: folders, language, proxies, certificates, the engine. */
const PASSED_ON =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_\w+|(DOCKER|CONTAINER|CONTAINERS)_\w+|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|(REGISTRY|OTEL)_\w+)$/i;

/** The environment of a program that is not ours: neither our keys and passwords nor those of anybody else go along. */
export function foreignEnvironment(env = process.env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PASSED_ON.test(name)));
}
